# Instances die at once when calls, constructors, unpacking and protocols fail half-way.
import functools
import gc
import itertools
import operator


gc.disable()


class T:
    live = 0

    def __init__(self, name="t", fail=False):
        T.live += 1
        self.name = name
        if fail:
            raise ValueError(name)

    def __del__(self):
        T.live -= 1


def check(f):
    before = T.live
    try:
        f()
        how = "returns"
    except BaseException as error:
        how = type(error).__name__
        del error
    print(f"{f.__name__:28} {how:18} {T.live - before}")
    return f


def attempt(f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except Exception:
        pass


def f(a, b=1, *, c=2):
    return None


@check
def binding_errors():
    attempt(f)
    attempt(f, T(), T(), T())
    attempt(f, T(), T(), d=T())
    attempt(f, T(), a=T())
    attempt(f, T(), T(), T(), c=T(), d=T())
    attempt(lambda: None, T())
    attempt(lambda *, x: None, y=T())
    attempt(lambda x, /: None, x=T())


@check
def star_arguments():
    attempt(lambda: f(*[T(), T()], **{"c": T()}))
    attempt(lambda: f(*[T(), T(), T(), T()]))
    attempt(lambda: f(**{"a": T(), "x": T()}))
    attempt(lambda: f(*[T()], **{"a": T()}))
    attempt(lambda: f(*(T() for _ in range(2)), **{"c": T()}, **{"c": T()}))
    attempt(lambda: f(T(), *5))
    attempt(lambda: f(T(), **5))
    attempt(lambda: f(T(), **{1: T()}))
    attempt(lambda: print(T().name, sep=T(), nonsense=T()))


@check
def evaluation_stops():
    attempt(lambda: f(T(), 1 // 0, T()))
    attempt(lambda: [T(), 1 // 0])
    attempt(lambda: {T(): T(), "k": 1 // 0})
    attempt(lambda: (T(), *[T()], 1 // 0))
    attempt(lambda: {**{"a": T()}, **5})
    attempt(lambda: f"{T()}{1 // 0}")
    attempt(lambda: T() + T())
    attempt(lambda: T()[T()])
    attempt(lambda: T().missing)
    attempt(lambda: T()(T()))
    attempt(lambda: -T())
    attempt(lambda: T() in T())


@check
def constructors_fail():
    attempt(T, "x", True)

    class Slots:
        __slots__ = ("a", "b")

        def __init__(self):
            self.a = T()
            self.b = T()
            self.c = T()

    attempt(Slots)

    class New:
        def __new__(cls, t):
            self = super().__new__(cls)
            self.t = t
            raise KeyError(self)

    attempt(New, T())

    class Init(list):
        def __init__(self, items):
            super().__init__(items)
            return 5

    attempt(Init, [T(), T()])
    attempt(int, T())
    attempt(float, T())
    attempt(complex, T(), T())
    attempt(bytes, [T()])
    attempt(bytearray, T())
    attempt(dict, [(T(), T()), T()])
    attempt(dict, [(T(), T(), T())])
    attempt(set, [T(), []])
    attempt(frozenset, [[T()]])
    attempt(tuple, T())
    attempt(range, T(), T())
    attempt(slice)
    attempt(memoryview, T())
    attempt(type, "A", (T(),), {"x": T()})
    attempt(type, "A", (int, str), {"x": T()})
    attempt(property, T(), T(), T(), T(), T())
    attempt(super, T(), T())
    attempt(enumerate, T())
    attempt(zip, [T()], T())
    attempt(map, T(), T())
    attempt(ExceptionGroup, "x", [T()])
    attempt(OSError, T(), T(), T(), T(), T(), T())
    attempt(SyntaxError, "x", (T(), T()))
    attempt(UnicodeDecodeError, T(), T(), T(), T(), T())


@check
def descriptor_errors():
    class D:
        def __get__(self, instance, owner):
            raise KeyError(T(), instance)

        def __set__(self, instance, value):
            raise KeyError(T(), instance, value)

        def __delete__(self, instance):
            raise KeyError(T(), instance)

    class A:
        d = D()

        @property
        def p(self):
            raise AttributeError(T())

        def __getattr__(self, name):
            raise AttributeError(name, T())

        @functools.cached_property
        def c(self):
            return T()

    a = A()
    attempt(lambda: a.d)
    attempt(setattr, a, "d", T())
    attempt(delattr, a, "d")
    attempt(lambda: a.p)
    attempt(lambda: a.nothing)
    attempt(setattr, a, "p", T())
    getattr(a, "nothing", None)
    hasattr(a, "p")
    a.c


@check
def unpacking():
    def two():
        a, b = [T(), T(), T()]

    def three():
        a, b, c = (T() for _ in range(2))

    def starred():
        a, *b, c = [T()]

    def nested():
        (a, b), c = (T(), T()), T()
        (a, b), c = T(), T()

    def broken():
        def g():
            yield T()
            raise KeyError(T())

        a, b = g()

    def into_attribute():
        x = T()
        x.name, int.real = T(), T()

    for g in two, three, starred, nested, broken, into_attribute:
        attempt(g)


@check
def iterators_abandoned():
    for make in (
        lambda: iter([T(), T()]),
        lambda: iter((T(), T())),
        lambda: iter({T(), T()}),
        lambda: iter({T(): T()}.items()),
        lambda: reversed([T(), T()]),
        lambda: zip([T(), T()], [T(), T()]),
        lambda: map(lambda x: x, [T(), T()]),
        lambda: filter(None, [T(), T()]),
        lambda: enumerate([T(), T()]),
        lambda: itertools.chain([T(), T()], [T()]),
        lambda: itertools.islice([T(), T(), T()], 2),
        lambda: itertools.product([T(), T()], [T()]),
        lambda: itertools.permutations([T(), T()]),
        lambda: itertools.combinations([T(), T(), T()], 2),
        lambda: itertools.groupby([T(), T()], key=lambda t: t.name),
        lambda: itertools.tee([T(), T()])[1],
        lambda: itertools.accumulate([T(), T()], lambda a, b: b),
        lambda: itertools.zip_longest([T()], [T(), T()], fillvalue=T()),
        lambda: itertools.cycle([T(), T()]),
        lambda: itertools.starmap(lambda a, b: a, [(T(), T())]),
        lambda: itertools.takewhile(bool, [T(), T()]),
        lambda: itertools.dropwhile(lambda t: False, [T(), T()]),
        lambda: itertools.batched([T(), T(), T()], 2),
        lambda: itertools.pairwise([T(), T(), T()]),
        lambda: itertools.compress([T(), T()], [1, 1]),
        lambda: iter(T, None),
        lambda: (t for t in [T(), T()]),
    ):
        iterator = make()
        next(iterator)
        x = next(iterator, None)
        del iterator


@check
def iterators_fail():
    def source():
        yield T()
        yield T()
        raise KeyError(T())

    for use in (
        list, tuple, set, dict.fromkeys, sorted, max, min, any, all, sum, enumerate, "".join, b"".join, bytes,
        lambda s: [*s],
        lambda s: {*s},
        lambda s: f(*s),
        lambda s: list(zip(s, [T()] * 5)),
        lambda s: list(map(lambda a, b: a, s, [T()] * 5)),
        lambda s: list(filter(None, s)),
        lambda s: list(itertools.chain(s, [T()])),
        lambda s: list(itertools.product(s, s)),
        lambda s: list(itertools.groupby(s)),
        lambda s: list(itertools.batched(s, 5)),
        lambda s: functools.reduce(lambda a, b: T(), s),
        lambda s: [].extend(s),
        lambda s: bytearray().extend(s),
        lambda s: {}.update(s),
        lambda s: set().union(s),
        lambda s: operator.countOf(s, 5),
        lambda s: T() in s,
    ):
        attempt(use, source())


@check
def keys_fail():
    def key(t):
        if t.name == "c":
            raise KeyError(T())
        return T()

    def items():
        return [T(n) for n in "abcd"]

    attempt(lambda: sorted(items(), key=key))
    attempt(lambda: items().sort(key=key))
    attempt(lambda: sorted(items()))
    attempt(lambda: max(items(), key=key))
    attempt(lambda: min(items(), key=lambda t: T()))
    attempt(lambda: max(T(), T(), default=T()))
    attempt(lambda: list(itertools.groupby(items(), key)))
    attempt(lambda: sorted([T(), T(), T()], key=functools.cmp_to_key(lambda a, b: 1 // 0)))

    def changes():
        xs = items()
        xs.sort(key=lambda t: xs.append(T()) or t.name)

    attempt(changes)


class Key(T):
    def __init__(self, action=None):
        super().__init__()
        self.action = action

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if self.action:
            self.action()
        if getattr(other, "action", None):
            other.action()
        return self is other


@check
def changes_during_comparison():
    d = {}
    d[Key(lambda: d.clear())] = T()
    attempt(d.get, Key())
    d[Key(lambda: d.update({f"k{i}": T() for i in range(30)}))] = T()
    attempt(d.__setitem__, Key(), T())
    d.clear()
    s = set()
    s.add(Key(lambda: s.clear()))
    attempt(s.add, Key())
    attempt(s.discard, Key(lambda: 1 // 0))
    s.clear()
    x = [T(), Key(lambda: x.clear()), T()]
    attempt(x.index, T())
    attempt(x.remove, T())
    attempt(lambda: Key(lambda: 1 // 0) in [T(), T()])
    attempt(lambda: [T(), Key(lambda: 1 // 0)] == [T(), T()])
    attempt(lambda: {1: Key(lambda: 1 // 0)} == {1: T()})
    d.clear()
    s.clear()
    x.clear()
    d = s = x = None


@check
def hash_fails():
    class H(T):
        __hash__ = None

    attempt(lambda: {H(): T()})
    attempt(lambda: {H()})
    attempt(lambda: {}.get(H(), T()))
    attempt(lambda: {}.setdefault(H(), T()))
    attempt(lambda: frozenset([T(), H()]))
    attempt(lambda: {1: 2}.pop(H(), T()))
    attempt(lambda: dict.fromkeys([T(), H()], T()))


@check
def operators_fail():
    class O(T):
        def __add__(self, other):
            raise KeyError(T(), other)

        __radd__ = __iadd__ = __mul__ = __getitem__ = __contains__ = __add__

        def __setitem__(self, key, value):
            raise KeyError(key, value, T())

        def __call__(self, *args, **kwargs):
            raise KeyError(args, kwargs)

        def __iter__(self):
            return T()

        def __bool__(self):
            return T()

        def __len__(self):
            return T()

        def __index__(self):
            return T()

        def __repr__(self):
            return T()

        __str__ = __repr__

        def __hash__(self):
            return T()

    def augmented():
        o = O()
        o += T()

    def item():
        o = O()
        o[T()] += T()

    def stored():
        O()[T()] = T()

    attempt(lambda: O() + T())
    attempt(lambda: T() + O())
    for g in augmented, item, stored:
        attempt(g)
    attempt(lambda: O()(T(), k=T()))
    attempt(lambda: list(O()))
    attempt(lambda: not O())
    attempt(lambda: len(O()))
    attempt(lambda: [1, 2][O()])
    attempt(lambda: repr(O()))
    attempt(lambda: f"{O()}")
    attempt(lambda: hash(O()))
    attempt(lambda: O() in O())
    attempt(lambda: [T()] * O())
    attempt(lambda: range(O()))


@check
def stores_fail():
    xs = [T()]
    attempt(lambda: xs.__setitem__(5, T()))
    attempt(lambda: xs.__setitem__(slice(0, 4, 2), [T(), T(), T()]))
    attempt(lambda: xs.__setitem__(T(), T()))
    attempt(lambda: setattr(1, "x", T()))
    attempt(lambda: setattr(int, "x", T()))
    attempt(lambda: setattr(T(), 5, T()))
    attempt(lambda: (1, 2).__setitem__(0, T()))
    attempt(lambda: bytearray(b"x").__setitem__(0, T()))
    attempt(lambda: xs.insert(T(), T()))
    attempt(lambda: xs.pop(T()))


@check
def partials():
    p = functools.partial(f, T(), b=T())
    attempt(p, T(), T(), T())
    p(c=T())
    q = functools.lru_cache(maxsize=2)(lambda t: T())
    q(T()), q(T()), q(T())
    q.cache_clear()
    attempt(functools.lru_cache(lambda t: 1 // 0), T())
    s = functools.singledispatch(lambda t: T())
    s(T())
    attempt(functools.reduce, T(), [T(), T()])


@check
def weak_values():
    import weakref

    d = weakref.WeakValueDictionary()
    d[1] = T()
    x = d[2] = T()
    k = weakref.WeakKeyDictionary()
    k[T()] = T()
    k[x] = T()
    s = weakref.WeakSet([T(), x])
    fin = weakref.finalize(x, repr, T())
    print(len(d), len(k), len(s))
    del x
    print(len(d), len(k), len(s), fin.alive)


gc.collect()
print("left", T.live)
