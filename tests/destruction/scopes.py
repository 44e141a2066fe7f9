"""Objects die at the end of each kind of scope, at once and in CPython's order."""
import gc, sys
gc.disable()
live = set(); log = []
class T:
    def __init__(self, name): self.name = name; live.add(name)
    def __del__(self): live.discard(self.name); log.append(self.name)
def check(label):
    print(f"{label}: died {log}, live {sorted(live)}"); log.clear()
def plain(): a = T("a"); b = T("b"); return None
plain(); check("function end")
def early():
    x = T("x")
    if x: return 5
early(); check("early return")
def raising():
    y = T("y"); raise ValueError
try: raising()
except ValueError: check("inside except")
check("after except")
def args(a, *rest, **kw): pass
args(T("p"), T("q"), k=T("r")); check("arguments")
T("temp"); check("expression"); T("t1"), T("t2"); check("tuple display"); [T("l1"), T("l2")]; check("list"); {T("k"): T("v")}; check("dict")
a = T("first"); a = T("second"); check("rebinding"); del a; check("del")
for i in range(2): v = T(f"loop{i}")
check("loop"); del v; check("loop variable")
[T(f"c{i}") for i in range(2)]; check("comprehension")
def gen():
    g = T("in gen"); yield 1; h = T("later"); yield 2
x = gen(); next(x); del x; check("generator dropped"); x = gen(); list(x); check("generator exhausted"); x = gen(); next(x); x.close(); check("generator closed")
with_del = T("outer")
def closure():
    c = T("cell"); return lambda: c
f = closure(); check("closure alive"); del f; check("closure gone")
class Holder: pass
h = Holder(); h.a = T("attr"); h.b = T("attr2"); del h.a; check("del attribute"); h.b = None; check("overwrite attribute"); h.c = T("attr3"); del h; check("instance")
l = [T("0"), T("1"), T("2"), T("3")]; l.pop(); check("pop"); l[0] = None; check("item"); del l[1:]; check("slice"); l.clear(); check("clear")
d = {"a": T("da"), "b": T("db")}; d["a"] = 1; check("dict item"); d.pop("b"); check("dict pop")
s = {T("set")}; s.clear(); check("set")
try: raise KeyError(T("in exception"))
except KeyError as error: pass
check("exception argument")
def unpack(): (m, n), o = (T("m"), T("n")), T("o"); m = n = None; return "x"
unpack(); check("unpacking")
import functools
p = functools.partial(print, T("partial")); del p; check("partial")
it = iter([T("it")]); del it; check("iterator"); z = zip([T("z")], [1]); next(z); check("zip"); del z; check("zip gone")
class Base:
    x = T("class attribute")
del Base; gc.collect(); check("class")
def default(a=T("default")): pass
del default; check("default")
w = with_del; del with_del; check("alias"); w = None; check("alias gone")
print(sys.getrefcount(live) > 1)
def swap(): a = T("s1"); b = T("s2"); a, b = b, a
swap(); check("swap")
lam = (lambda: T("returned"))(); check("returned"); lam = 0; check("replaced")
try:
    try: raise ValueError(T("v1"))
    except ValueError as e: raise KeyError from e
except KeyError: pass
check("chained")
match T("subject"):
    case T(name="subject"): check("in match")
check("after match"); f"{T('formatted').name}"; check("f-string")
