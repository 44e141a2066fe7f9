"""send, throw, close, yield from, return values, introspection and messages."""
import inspect
def echo():
    got = "start"
    while True:
        try:
            got = yield got
        except ValueError as error:
            got = f"caught {error}"
        except GeneratorExit:
            print("closing")
            return "closed value"
g = echo()
print(next(g), g.send(1), g.throw(ValueError("v")), g.throw(ValueError, "old way") if False else g.send(2), inspect.getgeneratorstate(g), g.gi_running, g.gi_yieldfrom, g.gi_frame.f_lineno)
print(g.close(), inspect.getgeneratorstate(g), g.gi_frame, list(g), g.close())
def inner():
    try:
        x = yield 1
        print("inner got", x)
        yield 2
    except KeyError as error:
        print("inner caught", error)
        yield "recovered"
    finally:
        print("inner finally")
    return "inner result"
def outer():
    result = yield from inner()
    print("result:", result)
    result = yield from [10, 20]
    print("list result:", result)
    return "outer result"
o = outer(); print(next(o), o.send("hello"), o.gi_yieldfrom.__name__, next(o), next(o), end=" ")
try:
    next(o)
except StopIteration as stop:
    print("stop", stop.value, stop.args)
o = outer(); next(o); print(o.throw(KeyError("k"))); o.close()
def attempt(label, action):
    try:
        print(label, action())
    except BaseException as error:
        print(f"{label}: {type(error).__name__}: {error}", "caused by", type(error.__cause__).__name__)
attempt("send to new", lambda: echo().send(1))
def raises_stop():
    raise StopIteration("hidden")
    yield
attempt("StopIteration inside", lambda: next(raises_stop()))
def ignores():
    for _ in range(3):
        try:
            yield
        except GeneratorExit:
            pass
i = ignores(); next(i); attempt("ignores exit", i.close); list(i)
def itself():
    yield next(me)
me = itself(); attempt("re-entered", lambda: next(me))
attempt("throw at new", lambda: echo().throw(TypeError("early")))
attempt("throw nothing", lambda: echo().throw(5))
done = echo(); done.close(); attempt("throw after close", lambda: done.throw(IndexError("late")))
attempt("yield from int", lambda: next((lambda: (yield from 5))()))
def countdown(n):
    while n: yield n; n -= 1
print(list(countdown(3)), sum(countdown(4)), [*zip(countdown(2), countdown(3))], 2 in countdown(3), max(countdown(5)), tuple(countdown(0)))
gen = countdown(5)
for v in gen:
    if v == 3: break
print(list(gen), type(gen).__name__, repr(gen).split(" at ")[0], gen.__name__, gen.__qualname__, iter(gen) is gen, inspect.isgenerator(gen), inspect.isgeneratorfunction(countdown))
def tree(t):
    if isinstance(t, list):
        for x in t: yield from tree(x)
    else: yield t
print(list(tree([1, [2, [3, [4]], 5], []])))
def with_finally():
    try: yield 1
    finally: print("cleaned up")
w = with_finally(); next(w); del w
print("after del")
def deep(n):
    if n: yield from deep(n - 1)
    yield n
print(sum(deep(200)))
def accumulate():
    total = 0
    while (x := (yield total)) is not None: total += x
    return total
a = accumulate(); next(a); [a.send(i) for i in range(5)]
try: a.send(None)
except StopIteration as stop: print("total", stop.value)
def context():
    try:
        yield
    except ValueError:
        yield "handled", __import__("sys").exception()
    yield __import__("sys").exception()
try:
    raise KeyError("outer")
except KeyError:
    c = context(); next(c); print(c.throw(ValueError("x")), next(c))
