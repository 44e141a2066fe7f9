"""The match statement with every kind of pattern."""
import enum
class Color(enum.Enum):
    RED = 1
    BLUE = 2
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
class Sized:
    def __init__(self, n): self.n = n
LIMIT = 10
class ns: LIMIT = 20
def what(value):
    match value:
        case 0 | 1: return "small"
        case -1: return "minus one"
        case 2.5: return "float"
        case 1 + 2j: return "complex"
        case "hi" | b"hi": return "greeting"
        case None: return "nothing"
        case True: return "truth"
        case ns.LIMIT: return "limit"
        case Color.RED: return "red"
        case Color(value=2): return "blue by value"
        case Point(0, 0): return "origin"
        case Point(x=0, y=y): return f"on the y axis at {y}"
        case Point(x, y) if x == y: return f"diagonal {x}"
        case Point(): return "some point"
        case []: return "empty"
        case [only]: return f"one: {only}"
        case [int() as first, *_, str(last)]: return f"{first}...{last}"
        case (1, [2, (3, deep)]): return f"deep {deep}"
        case ["go", ("north" | "south") as way, *rest]: return f"go {way} {rest}"
        case {"type": "circle", "r": float() | int() as r}: return f"circle {r}"
        case {"a": a, **others} if others: return f"a={a} others={others}"
        case {}: return "mapping"
        case int(n) | float(n): return f"number {n}"
        case str() as text: return f"text {text}"
        case [*items]: return f"items {items}"
        case _: return f"other {type(value).__name__}"
for value in [0, True, -1, 2.5, 1 + 2j, "hi", b"hi", None, 20, Color.RED, Color.BLUE, Point(0, 0), Point(0, 5), Point(3, 3), Point(1, 2), [], [7], [1, 2, "z"], (1, (2, [3, 4])), ["go", "north", "fast"], ["go", "up"], {"type": "circle", "r": 2}, {"a": 1, "b": 2}, {"a": 1}, 99, 1e9, "word", b"bytes", bytearray(b""), range(3), {1, 2}, Sized(1)]:
    print(repr(value) if not isinstance(value, (Point, Sized)) else type(value).__name__, "->", what(value))
def captures(v):
    match v:
        case [a, b] | [a, b, _]:
            pass
    return a, b
print(captures((1, 2)), captures([3, 4, 5]))
match 5:
    case x if x > 10: print("no")
    case x if (half := x / 2) > 2: print("half", half)
print(x)
class Bad: __match_args__ = ["x"]
for pattern in ("Point(1, 2, 3)", "Bad(1)", "int(1, 2)", "Point(1, x=2)", "LIMIT.x()"):
    try:
        exec(f"match Point(1, 2) if 'Point' in {pattern!r} else (Bad() if 'Bad' in {pattern!r} else 5):\n case {pattern}: pass")
        print("no error", pattern)
    except Exception as error:
        print(pattern, type(error).__name__, error)
for source in ("match x:\n case a: pass\n case b: pass", "match x:\n case [a, a]: pass", "match x:\n case a | [b]: pass", "match x:\n case {**r, 'a': 1}: pass", "match x:\n case [*a, *b]: pass", "match x:\n case {'a': 1, 'a': 2}: pass", "match x:\n case 1 + 1: pass"):
    try:
        compile(source, "<match>", "exec")
    except SyntaxError as error:
        print(error.msg, error.lineno, error.offset, error.end_offset)
