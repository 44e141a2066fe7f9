"""Dataclasses: fields, order, frozen, slots, inheritance, replace and messages."""
import dataclasses
from dataclasses import KW_ONLY, FrozenInstanceError, InitVar, asdict, astuple, dataclass, field, fields, is_dataclass, make_dataclass, replace
@dataclass
class Point:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, repr=False)
@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    note: str = field(default="", compare=False)
@dataclass(slots=True, kw_only=True)
class Slotted(Point if False else object):
    a: int
    b: str = "b"
@dataclass
class Init:
    a: int
    scale: InitVar[int] = 2
    b: int = field(init=False)
    _: KW_ONLY
    c: int = 9
    def __post_init__(self, scale): self.b = self.a * scale
@dataclass
class Child(Point):
    z: int = 5
    y: int = 7
p = Point(1, 2)
print(p, p == Point(1, 2), p != Point(1, 3), Point(1) == 1, p.tags, Point(1).tags is Point(1).tags)
print(Version(1, 2) < Version(1, 10), max(Version(0, 9), Version(1)), hash(Version(1, 2)) == hash(Version(1, 2, "n")), Version(1, note="x") == Version(1))
print(Slotted(a=1), Slotted.__slots__, hasattr(Slotted(a=1), "__dict__"))
print(Init(3), Init(3, 5, c=1), Child(1), [f.name for f in fields(Child)], Child.__match_args__)
print(asdict(Init(1)), astuple(Point(1, 2, [Point(3)])), asdict(Point(1, 2, [Point(3)])), replace(p, x=9), is_dataclass(Point), is_dataclass(p), is_dataclass(3))
print(fields(Point)[1].default, fields(Point)[0].default is dataclasses.MISSING, fields(Point)[2].default_factory, fields(Point)[0].type)
Made = make_dataclass("Made", ["a", ("b", int), ("c", int, 3)], namespace={"total": lambda self: self.b + self.c})
print(Made(1, 2), Made(1, 2).total(), Made.__doc__, Point.__doc__)
def attempt(action):
    try:
        print("no error:", action())
    except Exception as error:
        print(type(error).__name__, error)
attempt(lambda: setattr(Version(1), "major", 2))
attempt(lambda: delattr(Version(1), "major"))
attempt(lambda: Point())
attempt(lambda: Point(1, 2, 3, 4))
attempt(lambda: Slotted(1))
attempt(lambda: setattr(Slotted(a=1), "q", 1))
attempt(lambda: replace(p, nope=1))
attempt(lambda: replace(Init(1), b=3))
attempt(lambda: Version(1) < 5)
attempt(lambda: Point(1) < Point(2))
attempt(lambda: hash(p))
attempt(lambda: asdict(Point))
attempt(lambda: make_dataclass("M", ["x", "x"]))
attempt(lambda: dataclass(type("D", (), {"__annotations__": {"a": list}, "a": []})))
attempt(lambda: dataclass(type("D", (), {"__annotations__": {"a": int, "b": int}, "a": 1})))
attempt(lambda: dataclass(type("D", (Version,), {"__annotations__": {}})))
@dataclass
class Rec:
    other: "Rec" = None
r = Rec(); r.other = r; print(r)
match Point(1, 2):
    case Point(a, b): print("matched", a, b)
@dataclass(repr=False, eq=False)
class Bare: v: int
print(Bare(1) == Bare(1), Bare.__hash__ is object.__hash__, FrozenInstanceError.__mro__[1].__name__)
