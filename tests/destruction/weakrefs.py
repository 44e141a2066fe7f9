"""weakref: references, proxies, callbacks, finalize, and the weak containers."""
import gc, weakref
class O:
    def __init__(self, n): self.n = n
    def __repr__(self): return f"O({self.n})"
    def method(self): return f"method {self.n}"
    def __add__(self, k): return self.n + k
    def __len__(self): return 3
o = O(1); r = weakref.ref(o); r2 = weakref.ref(o); cb = weakref.ref(o, lambda ref: print("callback", ref is cb, ref()))
print(r is r2, r == cb, r() is o, hash(r) == hash(o), weakref.getweakrefcount(o), weakref.getweakrefs(o)[0] is r, type(r), cb.__callback__ is not None)
p = weakref.proxy(o); print(p.n, p.method(), p + 5, len(p), type(p).__name__, repr(r).split(" at ")[0], isinstance(p, O), p.__class__.__name__)
p.n = 9; print(o.n); m = weakref.WeakMethod(o.method); print(m()())
f = weakref.finalize(o, print, "finalized", key := 1) if False else weakref.finalize(o, print, "finalized", sep="-"); print(f.alive, f.peek()[1].__name__)
del o; print(r(), m(), f.alive, f())
try: p.n
except ReferenceError as error: print(error)
print(r == r2, r == weakref.ref(O), repr(r).split("; ")[1])
v = weakref.WeakValueDictionary(); a, b = O("a"), O("b"); v["a"] = a; v["b"] = b; print(sorted(v), len(v), v["a"], v.get("z"), "a" in v, list(v.items())[0]); del a; print(sorted(v), v.setdefault("c", b))
k = weakref.WeakKeyDictionary({b: "value"}); c = O("c"); k[c] = 2; print(len(k), k[b], c in k); del c; print(len(k), dict(k))
s = weakref.WeakSet([b]); x = O("x"); s.add(x); print(len(s), x in s, s | {b} == s); del x; print(len(s), s == {b})
order = []
z = O("z"); refs = [weakref.ref(z, lambda _, i=i: order.append(i)) for i in range(3)]; del z; print(order)
for bad in (1, "s", (), None, object(), {}):
    try: weakref.ref(bad); print("ok", type(bad).__name__)
    except TypeError as error: print(error)
class Slots: __slots__ = ()
try: weakref.ref(Slots())
except TypeError as error: print(error)
class WithSlot: __slots__ = ("__weakref__",)
print(weakref.ref(WithSlot())() is None, weakref.ref(set()) () is None, type(weakref.proxy(len if False else (lambda: 1))).__name__)
class Ref(weakref.ref):
    def __init__(self, o, cb=None, *, tag): super().__init__(o, cb); self.tag = tag
    def __new__(cls, o, cb=None, **kw): return super().__new__(cls, o, cb)
q = O("q"); rr = Ref(q, tag="t"); print(rr.tag, rr() is q, rr is not weakref.ref(q))
def bad_callback(ref): raise ValueError("callback fails")
import sys; sys.unraisablehook = lambda info: print("unraisable", info.exc_value)
keep = weakref.ref(q, bad_callback); del q
fin = weakref.finalize(b, lambda: print("at exit")); print(fin.atexit); print(fin.detach() is not None, fin.alive)
e = O("e"); weakref.finalize(e, print, "finalize at exit runs")
