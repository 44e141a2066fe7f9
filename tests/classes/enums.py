"""Enum, IntEnum, StrEnum, Flag: members, aliases, auto, conversion and messages."""
import enum
from enum import Enum, EnumMeta, Flag, IntEnum, IntFlag, StrEnum, auto, member, nonmember, property, unique, verify, CONTINUOUS, NAMED_FLAGS
class Color(Enum):
    RED = 1
    GREEN = 2
    CRIMSON = 1
    def describe(self): return f"{self.name.lower()} is {self.value}"
    @classmethod
    def favourite(cls): return cls.GREEN
    @staticmethod
    def helper(): return "static"
print(Color.RED, repr(Color.RED), Color(2), Color["GREEN"], Color.CRIMSON is Color.RED, list(Color), len(Color), Color.RED.describe(), Color.favourite())
print(Color.__members__, Color.RED in Color, 1 in Color, 9 in Color, isinstance(Color.RED, Color), Color.RED.name, type(Color), EnumMeta)
print({Color.RED: 1}[Color.CRIMSON], Color.RED == 1, Color.RED != Color.GREEN, hash(Color.RED) == hash("RED"), f"{Color.RED:>12}", str(Color.GREEN))
class Num(IntEnum):
    ONE = 1
    TWO = auto()
    TEN = 10
    ELEVEN = auto()
print(Num.TWO + 1, Num.ONE < Num.TEN, repr(Num.ELEVEN), str(Num.TWO), f"{Num.TEN}", sorted(Num, reverse=True), Num.ONE == 1, [10, 20][Num.ONE])
class Word(StrEnum):
    HELLO = auto()
    BYE = "good" + "bye"
print(Word.HELLO, repr(Word.BYE), Word.HELLO.upper(), Word("hello"), "x" + Word.BYE, Word.HELLO == "hello")
class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
print(Perm.R | Perm.X, repr(Perm.RW), Perm.RW & Perm.W, ~Perm.R, Perm.R in Perm.RW, bool(Perm.R & Perm.W), Perm(0), list(Perm.RW), Perm(7), len(Perm.RW), Perm.R ^ Perm.RW)
class Bits(IntFlag):
    A = 1
    B = 4
print(Bits.A | 8, repr(Bits(15)), Bits.A | Bits.B == 5, Bits.A + 1, ~Bits.A)
class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (0.6, 3.3)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def density(self): return round(self.mass / self.radius, 3)
print(Planet.EARTH.mass, Planet.MARS.density, Planet((0.6, 3.3)), Planet.EARTH.value)
class Coord(bytes, Enum):
    def __new__(cls, value, label):
        obj = bytes.__new__(cls, [value]); obj._value_ = value; obj.label = label
        return obj
    PX = (0, "x")
    PY = (1, "y")
print(Coord.PY, Coord(1).label, Coord.PY == b"\1")
class Level(Enum):
    _ignore_ = ["skip"]
    skip = 5
    LOW = 1
    @classmethod
    def _missing_(cls, value): return cls.LOW if value == "?" else None
    extra = nonmember("not a member")
    func = member(lambda self: 1)
print(list(Level)[0], Level("?"), Level.extra, type(Level.func).__name__)
Animal = Enum("Animal", "CAT DOG", start=5)
print(list(Animal), Animal.DOG.value, Enum("E", {"A": "a"}).A.value, Animal.__module__)
def attempt(source):
    try:
        exec(source, globals())
        print("no error:", source)
    except Exception as error:
        print(f"{type(error).__name__}: {error}")
for source in ("Color(9)", "Color['BLUE']", "Color.BLUE", "Color.RED = 5", "del Color.RED", "Color.RED.value = 3", "Color.RED < Color.GREEN", "class More(Color): Z = 1", "Perm(64)", "Perm.R | 1", "unique(Color)", "class D(Enum):\n A = 1\n A = 2", "Word(5)", "class S(StrEnum):\n A = 1", "Color.RED.GREEN.name", "verify(CONTINUOUS)(Enum('X', {'A': 1, 'C': 3}))", "Color()", "class N(Enum):\n mro = 1", "Enum('Bad', 5)", "class F(Flag):\n A = 'x'"):
    attempt(source)
