"""Instructions that have run often enough to be rewritten behave as before, and notice what changes."""


def trial(f, *args):
    try:
        return f(*args)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class Number:
    def __init__(self, n):
        self.n = n

    def __int__(self):
        return self.n

    def __float__(self):
        return self.n / 2

    def __bool__(self):
        return self.n > 1

    def __repr__(self):
        return f"Number({self.n})"


class Text(str):
    pass


def convert(make, values):
    return [trial(lambda v: make(v), v) for v in values]


def conversions():
    values = [0, 1.5, "5", "x", True, None, Number(3), Number(0), [1, 2], (3,), 2**80, -2.5e300, Text("7"), b"8", {4: 5}]
    for make in int, float, bool, list, set, tuple, str:
        for _ in range(3):
            last = convert(make, values * 10)[: len(values)]
        print(make.__name__, last)
    # The same call with another type in its place.
    for make in [int] * 50 + [float] * 50 + [lambda x: ("own", x), int]:
        last = make(7.25)
        if make in (int, float) and last != make(7.25):
            print("differs")
    print(last)


class Attributes:
    def __init__(self):
        self.x = 1
        self.y = 2


def order_of_attributes():
    seen = set()
    for round in range(100):
        a = Attributes()
        del a.y
        a.y = 3
        first = list(a.__dict__) if round % 2 else None
        b = Attributes()
        del b.x
        b.x = 4
        seen.add((tuple(first or ()), tuple(vars(b).items())))
        del b.y
        b.z = 5
        b.y = 6
        seen.add(tuple(vars(b)))
    print(sorted(seen, key=str))
    c = Attributes()
    c.__dict__
    for i in range(100):
        setattr(c, f"a{i % 7}", i)
        c.new = i
        del c.new
    print(vars(c), trial(delattr, c, "new"))


class Base:
    def name(self):
        return "base"


class Middle(Base):
    pass


class Side(Base):
    def name(self):
        return "side"


class Child(Middle):
    def name(self):
        return "child of " + super().name()


class Both(Child, Side):
    pass


def parents():
    names = []
    for i in range(120):
        if i == 40:
            Middle.name = lambda self: "middle"
        if i == 80:
            del Middle.name
        names.append((Child().name(), Both().name()))
    print([n for i, n in enumerate(names) if i == 0 or n != names[i - 1]])
    del Base.name
    print(trial(Child().name))
    Base.name = lambda self: "late"
    print(Child().name())


def bound(a, b=2, /, c=3, *rest, d, e=5, **more):
    return a, b, c, rest, d, e, more


def plain(a, b=2, c=3):
    return a, b, c


def keywords():
    calls = [
        lambda: bound(1, d=4),
        lambda: bound(1, d=4, c=6),
        lambda: bound(1, 7, 8, 9, 10, e=0, d=1),
        lambda: bound(1, d=4, b=9),
        lambda: bound(d=4, a=1),
        lambda: bound(1, c=2),
        lambda: bound(1, 2, 3, c=4, d=5),
        lambda: plain(c=1, a=2),
        lambda: plain(1, c=3),
        lambda: plain(b=1),
        lambda: plain(1, a=2),
        lambda: plain(1, 2, 3, d=4),
        lambda: plain(1, 2, 3, 4, c=5),
        lambda: plain(**{"".join(["a"]): 1, "".join("b"): 2}),
    ]
    for call in calls:
        for _ in range(60):
            last = trial(call)
        print(last)


def large_ints():
    total, step = 3**60, 3**59
    for i in range(300):
        total = total + step - i if i % 3 else total - 2 * step
        step = -step
    print(total, hash(total), total == int(str(total)), [(3**n - 2**n) % 10**6 for n in range(40, 140, 7)])
    kept = [1 << 150 | i for i in range(2000)]
    print(sum(kept) == (1 << 150) * 2000 + sum(range(2000)), len({k + 1 for k in kept}))


def large_lists():
    items = []
    for i in range(400_000):
        items.append(i * 0.5)
    half = items[: len(items) // 2]
    del items[100:]
    items.extend(half)
    print(len(items), items[99], items[100], items[-1], sum(half))


for test in conversions, order_of_attributes, parents, keywords, large_ints, large_lists:
    test()
