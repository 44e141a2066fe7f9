"""copy and pickle: all protocols, hooks, shared and recursive structures, errors."""
import copy, pickle, pickletools, io, copyreg
class Plain:
    def __init__(self, a): self.a = a
    def __eq__(self, o): return type(self) is type(o) and vars(self) == vars(o)
    def __repr__(self): return f"Plain({self.a!r})"
class Slots:
    __slots__ = ("x", "y")
class State:
    def __init__(self): self.v = 1
    def __getstate__(self): return {"v": self.v, "saved": True}
    def __setstate__(self, s): self.__dict__.update(s); self.loaded = True
class Reduce:
    def __reduce__(self): return (complex, (1, 2))
class NewArgs(tuple):
    def __new__(cls, a, *, k): self = super().__new__(cls, (a,)); self.k = k; return self
    def __getnewargs_ex__(self): return (self[0],), {"k": self.k}
class Deep:
    def __copy__(self): return "shallow"
    def __deepcopy__(self, memo): return "deep"
    def __replace__(self, **kw): return kw
class Singleton:
    def __reduce__(self): return "ONE"
ONE = Singleton()
def function(): pass
import enum, collections, decimal, datetime, fractions, functools
class E(enum.Enum): A = 1
s = Slots(); s.x = [1]
values = [None, True, 5, -10**30, 1.5, 2j, "é", b"b", bytearray(b"c"), [1], (1, (2,)), {"k": [1]}, {1}, frozenset([2]), range(3), slice(1, 2), Plain([1]), E.A, function, len, int, decimal.Decimal("1.5"), datetime.date(2026, 1, 2), fractions.Fraction(1, 3), collections.OrderedDict(a=1), collections.Counter("aab"), collections.deque([1], 3), ..., NotImplemented, ValueError("x", 1), functools.partial(int, base=2), type(None), NewArgs(1, k=2)]
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    bad = []
    for v in values:
        try:
            back = pickle.loads(pickle.dumps(v, protocol))
            if back != v and repr(back) != repr(v): bad.append((v, back))
        except Exception as error: bad.append((type(v).__name__, str(error)))
    print(protocol, bad)
x = pickle.loads(pickle.dumps(s)); st = pickle.loads(pickle.dumps(State())); print(x.x, hasattr(x, "y"), vars(st), pickle.loads(pickle.dumps(Reduce())), pickle.loads(pickle.dumps(ONE)) is ONE, pickle.loads(pickle.dumps(NewArgs(1, k=2))).k)
l = [1]; l.append(l); shared = [[0]] * 2; p = Plain(None); p.a = p; r = pickle.loads(pickle.dumps(l)); q = pickle.loads(pickle.dumps(shared)); z = pickle.loads(pickle.dumps(p)); print(r[1] is r, q[0] is q[1], z.a is z, copy.deepcopy(l)[1][1][0], copy.deepcopy(shared)[0] is not shared[0], copy.copy(shared)[0] is shared[0], copy.deepcopy(p).a.a is not p)
print(copy.copy(Deep()), copy.deepcopy([Deep()]), copy.replace(Deep(), a=1), copy.copy(s).x is s.x, copy.deepcopy(s).x is not s.x, copy.copy((1,)) , copy.deepcopy({"a": {1, 2}}), copy.copy(function) is function, copy.deepcopy(E.A) is E.A, copy.copy(st).loaded)
print(pickle.dumps([1, "a", (2, 3)], 0), pickle.dumps({"k": 1.5}, 2), pickle.dumps(Plain(1), 4)[:20], pickle.dumps("a" * 3, 5))
out = io.StringIO(); pickletools.dis(pickle.dumps([1, {"a": (2,)}], 3), out); print(out.getvalue())
class P(pickle.Pickler):
    def persistent_id(self, o): return "pid" if isinstance(o, Deep) else None
    def reducer_override(self, o): return (str, ("reduced",)) if isinstance(o, State) else NotImplemented
class U(pickle.Unpickler):
    def persistent_load(self, pid): return f"loaded {pid}"
    def find_class(self, module, name): print("find", module, name); return super().find_class(module, name)
f = io.BytesIO(); P(f).dump([Deep(), State(), 1]); f.seek(0); print(U(f).load())
buffers = []; data = pickle.dumps(pickle.PickleBuffer(b"out of band"), 5, buffer_callback=buffers.append); print(len(buffers), bytes(pickle.loads(data, buffers=buffers)))
copyreg.pickle(Slots, lambda s: (Slots, ())); print(type(pickle.loads(pickle.dumps(s))).__name__)
def local():
    class L: pass
    return L()
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {str(error).split(' at 0x')[0]}")
for label, v in {"lambda": lambda: 0, "generator": (i for i in []), "local": local(), "module": io, "frame": __import__("sys")._getframe(), "file": open(__file__), "lock": __import__("threading").Lock()}.items():
    attempt(label, lambda: pickle.dumps(v)); 
for data in (b"", b"garbage", b"\x80\x05", b"cno_such_module\nx\n.", b"cbuiltins\nnope\n.", b"(lp0\n", b"I5", b"\x80\x09.", b".", b"0."):
    attempt(repr(data), lambda: pickle.loads(data))
attempt("protocol", lambda: pickle.dumps(1, 99)); attempt("str", lambda: pickle.loads("x")); attempt("deepcopy", lambda: copy.deepcopy(x for x in [])); attempt("replace", lambda: copy.replace(5))
