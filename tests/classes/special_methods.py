"""Operators, reflected and in-place forms, conversions, containers, comparison fall-backs."""
class N:
    def __init__(self, v, log=True): self.v = v
    def __repr__(self): return f"N({self.v})"
ops = "add sub mul truediv floordiv mod pow lshift rshift and xor or matmul".split()
def make(op, kind):
    def method(self, other, *rest): print(f"__{kind}{op}__", end=" "); return NotImplemented if other == "no" else f"{kind}{op}"
    return method
for op in ops:
    for kind in ("", "r"):
        setattr(N, f"__{kind}{op}__", make(op, kind))
n = N(1)
symbols = dict(zip(ops, "+ - * / // % ** << >> & ^ | @".split()))
for op in ops:
    print(eval(f"n {symbols[op]} 2"), eval(f"2 {symbols[op]} n"), end="; ")
    try:
        eval(f"n {symbols[op]} 'no'")
    except TypeError as error:
        print(error)
class Sub(N):
    def __radd__(self, other): return "Sub.__radd__ first"
print(N(1) + Sub(2), Sub(1) + N(2), pow(n, 2), divmod(7, 2))
class I:
    def __init__(self): self.log = []
    def __iadd__(self, o): self.log.append(o); return self
    def __imul__(self, o): return NotImplemented
    def __mul__(self, o): return "mul"
i = j = I(); i += 5; i += 6; print(i is j, i.log); i *= 2; print(i)
class Conv:
    def __int__(self): return 7
    def __float__(self): return 2.5
    def __complex__(self): return 1j
    def __index__(self): return 3
    def __bool__(self): return False
    def __len__(self): return 5
    def __bytes__(self): return b"bytes"
    def __hash__(self): return 2**70
    def __round__(self, n=None): return ("round", n)
    def __trunc__(self): return "trunc"
    def __floor__(self): return "floor"
    def __ceil__(self): return "ceil"
    def __abs__(self): return "abs"
    def __neg__(self): return "neg"
    def __pos__(self): return "pos"
    def __invert__(self): return "invert"
    def __divmod__(self, o): return "divmod"
    def __reversed__(self): return "reversed"
    def __contains__(self, x): return x == 1
    def __getitem__(self, k): return k
    def __call__(self, *a, **k): return a, k
    def __dir__(self): return ["z", "a"]
    def __sizeof__(self): return 100
    def __format__(self, spec): return f"format {spec}"
    def __length_hint__(self): return 1
import math
c = Conv()
print(int(c), float(c), complex(c), [0, 1, 2, 3][c], bool(c), len(c), bytes(c), hash(c) == hash(2**70), round(c), round(c, 2), math.trunc(c), math.floor(c), math.ceil(c), abs(c), -c, +c, ~c, divmod(c, 1), reversed(c), 1 in c, 2 in c)
print(c[1], c[1:2, ...], c[::2], c(1, k=2), dir(c), f"{c:spec}", bin(c), range(c), "x" * 2)
class Cmp:
    def __init__(self, v): self.v = v
    def __lt__(self, o): print("lt", self.v, end=" "); return self.v < o.v
    def __eq__(self, o): return NotImplemented
print(Cmp(1) < Cmp(2), Cmp(1) > Cmp(2), Cmp(1) == Cmp(1), Cmp(1) != Cmp(1), sorted([Cmp(3), Cmp(1)])[0].v)
for bad in ("__len__ -1", "__len__ 'x'", "__bool__ 1", "__int__ 'x'", "__index__ 1.5", "__hash__ 'x'", "__repr__ 1", "__str__ None", "__iter__ 5", "__float__ 1", "__format__ 1", "__bytes__ 's'"):
    name, value = bad.split(" ", 1)
    cls = type("Bad", (), {name: lambda self, *a, v=eval(value): v})
    use = {"__len__": len, "__bool__": bool, "__int__": int, "__index__": lambda x: [1][x], "__hash__": hash, "__repr__": repr, "__str__": str, "__iter__": list, "__float__": float, "__format__": format, "__bytes__": bytes}[name]
    try:
        print(bad, use(cls()))
    except Exception as error:
        print(f"{bad}: {type(error).__name__}: {error}")
class Seq:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i
print(list(Seq()), 4 in Seq(), [*reversed([1, 2])], sum(Seq()), max(Seq()), dict(zip("abc", Seq())))
