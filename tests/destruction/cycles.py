"""The cycle collector: generations, callbacks, finalisers, resurrection, gc.garbage."""
import gc, weakref
gc.collect(); gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __repr__(self): return f"N({self.name})"
a, b = N("a"), N("b"); a.b = b; b.a = a
wa, wb = weakref.ref(a, lambda r: print("callback a")), weakref.ref(b)
del a, b
print(wa() is not None, gc.collect() >= 2, wa(), wb())
class F(N):
    def __del__(self): print("del", self.name)
x = F("x"); x.self = x; del x; print("collecting"); gc.collect()
saved = []
class R(N):
    def __del__(self): print("resurrect", self.name); saved.append(self)
r = R("r"); r.me = r; del r; gc.collect(); print(saved, saved[0].me is saved[0])
saved[0].me = None; saved.clear(); print("freed without a second del")
l = []; l.append(l); t = ([],); t[0].append(t); d = {}; d["d"] = d; s = N("s"); s.bound = s.__repr__
del l, t, d, s; print(gc.collect() >= 4, gc.garbage)
def f():
    def g(): return g
    return weakref.ref(g)
w = f(); print(w() is not None); gc.collect(); print(w())
class C:
    def m(self): return __class__
w = weakref.ref(C); del C; gc.collect(); print("class", w())
def gen():
    me = yield
    yield me
g = gen(); next(g); g.send(g); w = weakref.ref(g); del g; gc.collect(); print("generator", w())
class Error(Exception): pass
try: raise Error
except Error as e: e.loop = e; w = weakref.ref(e)
gc.collect(); print("exception", w())
print(gc.isenabled(), gc.get_threshold()[0] > 0, len(gc.get_count()), gc.is_tracked([]), gc.is_tracked(1), gc.is_tracked("a"), gc.is_tracked(()), gc.is_finalized(1))
print(gc.get_referents([1, "a"]), [type(x).__name__ for x in gc.get_referrers(wb) if type(x) is list], sorted(gc.get_stats()[0]))
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, info["generation"], sorted(info))))
gc.collect(1); gc.callbacks.clear(); print(events)
gc.set_debug(gc.DEBUG_SAVEALL); k = N("kept"); k.k = k; del k; gc.collect(); gc.set_debug(0)
print([o for o in gc.garbage if isinstance(o, N)]); gc.garbage.clear(); gc.collect()
class Order(N):
    def __del__(self): print("order", self.name, hasattr(self, "other"))
p, q = Order("p"), Order("q"); p.other = q; q.other = p; del p, q; gc.collect()
gc.freeze(); print(gc.get_freeze_count() > 0); gc.unfreeze()
for bad in ("gc.collect(5)", "gc.set_threshold('a')", "gc.collect('x')"):
    try: exec(bad)
    except Exception as error: print(bad, type(error).__name__, error)
print(len([o for o in gc.get_objects() if isinstance(o, N)]))
gc.enable()
made = 0
class Auto:
    def __del__(self): global made; made += 1
for _ in range(20000): y = Auto(); y.y = y
print(made > 10000)
