"""Functions of the builtins module, function objects and calls in every form."""
def f(a, b: int = 2, /, c=3, *args: str, d, e=5, **kw) -> list: "doc"; return a, b, c, args, d, e, kw
print(f(1, d=4), f(1, 2, 3, 4, 5, d=6, z=7), f.__name__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__annotations__, f.__code__.co_varnames, f.__code__.co_argcount, f.__code__.co_posonlyargcount, f.__code__.co_kwonlyargcount, f.__module__, f.__qualname__)
f.attr = 1; f.__defaults__ = (20, 30); f.__name__ = "g"; print(f(1, d=0), f.__dict__, f.__name__, f.__qualname__)
import inspect
print(inspect.signature(f), inspect.signature(print), inspect.signature(sorted), inspect.signature(str.split), inspect.signature(dict.get), inspect.signature(int.to_bytes), inspect.signature(open), inspect.signature(sum))
print(abs(-3), callable(len), divmod(7, 2), hasattr(1, "real"), getattr("a", "nope", 5), isinstance(1, (str, int)), isinstance(1, int | str), issubclass(bool, int), id(f) == id(f), pow(2, 3), round(2.567, 1), hash(1), repr("x"), ascii("é"), chr(97), ord("a"), bin(5), format(3.14159, ".2f"), len("abc"), max(3, 1), max("abc", key=lambda c: -ord(c)), min([3, 1], default=0), sum([1, 2], 10))
print(eval("1 + 2"), eval(compile("3 * 4", "<x>", "eval")), exec("q = 5") or q, vars(type("T", (), {"v": 1}))["v"], dir(type("T", (), {"zz": 1})())[-1], type(5), type(type), object, Ellipsis, NotImplemented, __name__, __debug__)
class C:
    def m(self, x=1): return self, x
    def __call__(self, *a, **k): return a, k
c = C(); m = c.m; print(m(5)[1], C.m(c, 7)[1], m.__func__ is C.m, c(1, k=2), (lambda *a, **k: (a, k))(*[1], 2, *[3], x=1, **{"y": 2}))
import operator, functools
print(functools.reduce(operator.add, [1, 2, 3], 10), functools.partial(f, 1, d=2)(5), operator.itemgetter(1, 0)("ab"), operator.attrgetter("real.imag")(5), operator.methodcaller("upper")("x"))
print(print.__name__, len.__doc__.splitlines()[0], [].append.__self__, "".join.__qualname__, int.__add__.__name__, repr(len), repr("".join).split(" at ")[0], type(len).__name__, type("".join).__name__, type(str.join).__name__, type(int.__add__).__name__, type((1).__add__).__name__, type(dict.__dict__["fromkeys"]).__name__, int.real, type(int.real).__name__)
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("f()", "f(1)", "f(a=1, d=2)", "f(1, b=2, d=3)", "f(1, 2, 3, d=1, c=2)", "c.m(1, 2)", "c.m(y=1)", "C.m()", "len()", "len(1)", "len([], [])", "abs('a')", "abs()", "ord(5)", "chr(1.5)", "isinstance(1, 5)", "isinstance(1, [int])", "issubclass(1, int)", "issubclass(int, 5)", "getattr(1, 2)", "getattr(1)", "setattr(1, 'a', 2)", "hasattr(1, 2)", "eval(5)", "eval('1 +')", "eval('x', 5)", "exec('x =')", "compile('x', 'f', 'bad')", "compile('x', 'f')", "compile(5, 'f', 'eval')", "type(1, 2)", "vars(5)", "dir(1, 2)", "hash({})", "round('a')", "pow('a', 2)", "pow(2, 'a', 3)", "divmod('a', 1)", "format(1, 2)", "format('a', 'd')", "sum(1)", "sum([1], start='a')", "input(1, 2)", "print(sep=1)", "print(end=1)", "open()", "open('')", "open('/no/such/file')", "open('x', 'q')", "open('x', 'rw')", "open('x', 'rb', encoding='a')", "__import__(5)", "__import__('')", "__import__('no_such_module')", "super(1)", "object(1)", "object.__new__()", "object.__new__(5)", "object.__init__(1, 2)", "int.__new__(str)", "property(1, 2, 3, 4, 5)", "staticmethod()", "classmethod(1, 2)", "staticmethod(5)()", "bool(1, 2)", "type.__call__()", "memoryview()", "slice()", "slice(1, 2, 3, 4)", "map()", "map(5)", "filter(1)", "zip(5)", "enumerate()", "reversed()", "iter()", "next()", "id()", "callable()", "bin(1.5)", "hex('a')", "oct(None)", "complex('a')", "NotImplemented + 1", "bool(NotImplemented)", "None()", "...()", "f.__code__ if f.__class__ is 5 else f.nothing", "f[0]", "(lambda: 0)[1]", "len < len", "-len", "print.x", "delattr(f, 'nope')"):
    attempt(source)
print("a", "b", sep="-", end="!\n"); print(*"xyz", sep=""); print(); print("flush", flush=True)
