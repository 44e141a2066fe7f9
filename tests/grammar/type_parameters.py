"""PEP 695 and 696: generic classes and functions, type aliases, lazy evaluation."""
class Box[T]:
    def __init__(self, item: T) -> None: self.item = item
    def map[U](self, f: "Callable[[T], U]") -> "Box[U]": return Box(f(self.item))
def first[T: (int, str), *Ts, **P](x: T, *args: *Ts) -> T: return x
type Pair[A, B = int] = tuple[A, B]
type Tree = dict[str, Tree] | None
type Lazy = undefined_name
print(Box.__type_params__, Box[int], Box.__orig_bases__, Box(1).map(str).item, Box.map.__type_params__)
T, Ts, P = first.__type_params__
print(T, Ts, P, T.__constraints__, T.__bound__, type(T).__name__, type(Ts).__name__, type(P).__name__)
print(Pair, Pair.__value__, Pair.__type_params__, Pair[int, str], Pair.__type_params__[1].__default__, Pair.__name__)
print(Tree.__value__, type(Tree).__name__, Tree.__parameters__, Tree.__module__)
try:
    Lazy.__value__
except NameError as error:
    print(error)
class Bounded[T: "int | str"]:
    pass
print(Bounded.__type_params__[0].__bound__)
class Child[K, V](Box[K], dict[K, V]):
    kind: K
print(Child[int, str], Child.__mro__[1:3], Child.__annotations__, Child.__parameters__)
def scope[T](a: T, b: list[T] = []) -> dict[str, T]:
    def inner(c: T): return T
    return inner(a)
print(scope(1), scope.__annotations__["a"] is scope.__type_params__[0], scope.__qualname__)
for source in ["type X[T, T] = T", "class A[T = int, U]: pass", "def f[*Ts: int](): pass", "type int = str", "class A[T: (x := 1)]: pass", "def f[T: (yield)](): pass", "type X = (yield)", "class A[]: pass", "type X", "def f[T](): nonlocal T"]:
    try:
        exec(source)
        print(source, "works")
    except SyntaxError as error:
        print(source, "->", error.msg)
import typing
print(typing.get_type_hints(first), isinstance(Box(1), Box), typing.get_origin(Box[int]), typing.get_args(Box[int]))
try:
    Box[int, str]
except TypeError as error:
    print(error)
