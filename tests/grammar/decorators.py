"""Decorators on functions, methods and classes: order, arguments, any expression."""
import functools
log = []
def trace(tag):
    log.append(f"make {tag}")
    def apply(target):
        log.append(f"apply {tag} to {getattr(target, '__name__', target)}")
        return target
    return apply
@trace("a")
@trace("b")
def f(x=log.append("default")): pass
@trace("class")
class C:
    @trace("method")
    def m(self): pass
    @staticmethod
    @trace("static")
    def s(): return "s"
    @classmethod
    def c(cls): return cls.__name__
    @property
    def p(self): return "get"
    @p.setter
    def p(self, value): log.append(f"set {value}")
    @p.deleter
    def p(self): log.append("deleted")
print(*log, sep="\n"); log.clear()
c = C(); c.p = 3; del c.p
print(c.p, c.s(), C.s(), c.c(), log)
table = [lambda f: f, lambda f: "replaced"]
@table[1]
def g(): pass
@(lambda f: functools.partial(f, 1))
def h(a, b): return a + b
@(x := trace)("walrus")
def w(): pass
print(g, h(2), x is trace)
def count(function=None, *, by=1):
    if function is None:
        return functools.partial(count, by=by)
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        wrapper.calls += by
        return function(*args, **kwargs)
    wrapper.calls = 0
    return wrapper
@count
def one(): "doc"
@count(by=5)
def two(): return 2
one(), two(), two()
print(one.calls, two.calls, one.__name__, one.__doc__, two.__wrapped__(), one.__qualname__)
class Memo:
    def __init__(self, function): self.function, self.seen = function, {}
    def __call__(self, n):
        if n not in self.seen: self.seen[n] = self.function(n)
        return self.seen[n]
    def __get__(self, instance, owner): return functools.partial(self, instance) if instance else self
@Memo
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), len(fib.seen))
@functools.singledispatch
def kind(x): return "object"
@kind.register(int)
@kind.register(float)
def _(x): return "number"
@kind.register
def _(x: list | tuple): return "sequence"
print(kind(1), kind(2.5), kind([]), kind(()), kind("s"), kind(True), kind.dispatch(bool).__name__)
