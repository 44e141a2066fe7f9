# What the cycle collector finds, by generation; finalisers that raise, resurrect, and make more garbage.
import gc
import sys
import weakref

gc.disable()
gc.collect()


class T:
    live = 0

    def __init__(self, **attributes):
        T.live += 1
        self.__dict__.update(attributes)

    def __del__(self):
        T.live -= 1


def cycle():
    t = T()
    t.me = t
    return weakref.ref(t)


def show(what, *more):
    print(f"{what:32} {T.live}", *more)


for generation in 0, 1, 2:
    cycle()
    show("made")
    found = gc.collect(generation)
    show(f"collected {generation}", found > 0)

# What has survived a young collection is old.
t = T()
t.me = t
gc.collect(0)
gc.collect(0)
del t
show("old garbage")
gc.collect(2)
show("after a full collection")

# Kinds of cycles.
def through(make):
    before = T.live
    make()
    gc.collect()
    print(f"{make.__name__:32} {T.live - before}")


@through
def list_cycle():
    x = [T()]
    x.append(x)


@through
def dict_cycle():
    d = {"t": T()}
    d["d"] = d


@through
def tuple_cycle():
    x = []
    t = (x, T())
    x.append(t)


@through
def closure_cycle():
    t = T()

    def f():
        return f, t


@through
def class_cycle():
    class A:
        t = T()

    A.a = A()


@through
def method_cycle():
    t = T()
    t.m = t.__init__


@through
def generator_cycle():
    def g():
        t = T()
        i = yield
        yield

    i = g()
    next(i)
    i.send(i)


@through
def exception_cycle():
    try:
        t = T()
        raise KeyError
    except KeyError as error:
        kept = error


@through
def frame_cycle():
    t = T()
    f = sys._getframe()


@through
def property_cycle():
    class A:
        @property
        def p(self):
            return A

        t = T()
        s = staticmethod(lambda: A)
        c = classmethod(lambda cls: A)


@through
def partial_cycle():
    import functools

    t = T()
    t.p = functools.partial(print, t)


@through
def iterator_cycle():
    x = [T()]
    i = iter(x)
    x.append(i)


@through
def deque_cycle():
    import collections

    d = collections.deque([T()])
    d.append(d)
    e = collections.defaultdict(lambda: e, t=T())
    o = collections.OrderedDict(t=T())
    o["o"] = o


@through
def weak_callback_cycle():
    t = T()
    t.ref = weakref.ref(t, lambda r, t=t: None)


@through
def slots_cycle():
    class S:
        __slots__ = ("a", "t")

    s = S()
    s.a, s.t = s, T()


@through
def cell_cycle():
    import types

    c = types.CellType()
    c.cell_contents = [c, T()]


@through
def alias_and_union():
    import types

    t = T()
    t.alias = types.GenericAlias(list, (t,))


@through
def type_parameters():
    def f[U: (int, T())]():
        pass

    class A[V = T()]:
        pass

    f.__type_params__[0].__constraints__
    A.__type_params__[0].__default__
    f.self = f


@through
def context_cycle():
    import contextvars

    variable = contextvars.ContextVar("v")
    context = contextvars.copy_context()
    t = T(context=context)
    context.run(variable.set, t)


@through
def thread_local_cycle():
    import threading

    local = threading.local()
    local.t = T()
    local.me = local


@through
def memory_view_cycle():
    class B(bytearray):
        pass

    b = B(b"x")
    b.view = memoryview(b)
    b.t = T()


@through
def module_cycle():
    import types

    m = types.ModuleType("m")
    m.me, m.t = m, T()
    exec("def f(): return t", m.__dict__)


class Raises:
    def __init__(self):
        self.me = self

    def __del__(self):
        raise KeyError("in a finaliser")


sys.unraisablehook = lambda args: print("  unraisable", args.exc_type.__name__)
Raises()
gc.collect()
r = Raises()
r.me = None
del r

kept = []


class Lazarus(T):
    def __del__(self):
        super().__del__()
        kept.append(self)


l = Lazarus()
del l
print("resurrected", len(kept), T.live)
kept.clear()
print("gone without a second __del__", T.live)
l = Lazarus()
l.me = l
l.other = Lazarus(partner=l)
del l
gc.collect()
print("a cycle resurrected", len(kept))
kept.clear()
gc.collect()
print("and gone", T.live)


class Maker(T):
    def __init__(self, depth):
        super().__init__()
        self.depth, self.me = depth, self

    def __del__(self):
        super().__del__()
        if self.depth:
            Maker(self.depth - 1)


Maker(3)
for _ in range(5):
    gc.collect()
show("makers")

seen = []
gc.callbacks.append(lambda phase, info: seen.append((phase, info["generation"])))
gc.collect(1)
gc.callbacks.clear()
print(seen)

gc.set_debug(gc.DEBUG_SAVEALL)
cycle()
gc.collect()
gc.set_debug(0)
print(any(isinstance(x, T) for x in gc.garbage), T.live)
gc.garbage.clear()
gc.collect()
show("after the garbage")

# A frozen generation is left alone.
t = T()
t.me = t
gc.freeze()
del t
gc.collect()
show("frozen")
gc.unfreeze()
gc.collect()
show("unfrozen")

# Deep structures.
x = None
for _ in range(100_000):
    x = [x, T()] if _ % 1000 == 0 else [x]
del x
show("deep list")
x = T()
for _ in range(50_000):
    x = T(next=x)
del x
show("deep instances")
x = x_ = T()
for _ in range(1000):
    x_.next = T()
    x_ = x_.next
x_.next = x
del x, x_
gc.collect()
show("long cycle")

# Callbacks are part of the collection: what they allocate asks for none, and one that they ask for does nothing.
phases = []


def callback(phase, info):
    phases.append(phase)
    [[] for _ in range(5000)]
    if len(phases) < 3:
        phases.append(gc.collect())


gc.callbacks.append(callback)
gc.collect()
gc.callbacks.remove(callback)
print(phases)
