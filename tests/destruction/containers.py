"""Containers that are given up while some of their items live on elsewhere and some die with them: order, depth, and what is left."""

import gc
import sys


class Noisy:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __hash__(self):
        return hash(self.name)

    def __del__(self):
        print("gone", self.name)


class Quiet:
    pass


def show(title, make):
    print(title)
    kept = [Noisy("kept1"), Noisy("kept2")]
    made = make(kept)
    del made
    print("left", [sys.getrefcount(o) for o in kept])
    for o in kept:
        o.__class__ = Quiet


# The ones that live on stand in front, behind and between those that die.
show("list", lambda k: [k[0], Noisy("a"), k[1], Noisy("b"), k[0]])
show("list kept", lambda k: [k[0], k[1], k[0], 1, None, 2.5])
show("tuple", lambda k: (k[0], Noisy("a"), k[1], Noisy("b"), k[0]))
show("tuple kept", lambda k: (k[0], k[1], k[0], 1, None, 2.5))
show("dict", lambda k: {"x": k[0], "y": Noisy("a"), "z": k[1], 5: Noisy("b"), 6: k[0]})
show("dict kept", lambda k: {"x": k[0], "y": k[1], 1: 2, k[0]: k[1]})
show("dict key", lambda k: {1: k[0], Noisy("key"): k[1], 2: k[0]})
show("dict hole", lambda k: [d := {i: k[0] for i in range(20)}, d.pop(3), d][0])
show("dict large", lambda k: {i: k[i % 2] for i in range(1000)})
show("set", lambda k: {k[0], k[1], 1, 2, 3})
show("set dying", lambda k: {k[0], Noisy("only")})
show("frozenset", lambda k: frozenset({k[0], Noisy("only"), k[1]}))
show("set large", lambda k: set(range(1000)) | set(k))


# Destroying an item looks at what holds the others.
class Looks:
    def __init__(self, found):
        self.found = found

    def __del__(self):
        self.found.append(gc.is_tracked(self))
        [[i] for i in range(50)]


found = []
things = [0, "text", Looks(found), [Looks(found)], (1, Looks(found))]
del things
print(found)

# Nested deeply, with items that live on beside each level.
shared = object()
for make in (lambda inner: [shared, inner, shared], lambda inner: (shared, inner, shared), lambda inner: {1: shared, 2: inner, 3: shared}):
    nest = make(None)
    for _ in range(100_000):
        nest = make(nest)
    del nest
    print(sys.getrefcount(shared))

# A slice is replaced by items whose owner is looked at while the old ones die.
class Peeks:
    def __init__(self, lists):
        self.lists = lists

    def __del__(self):
        print([len(x) for x in self.lists])
        self.lists[0].append(len(self.lists[0]))


target, source = [1, 2, 3], [4]
target[1] = Peeks([source, target])
target[1:2] = source
print(target, source)
target[1] = Peeks([source, target])
i, j = 1, 2
target[i:j] = source
print(target, source)
target[0:2] = source
print(target, source)

# Methods of built-in types are called while what they were taken of changes.
items = [1, 2, 3]
append = items.append


def rebind():
    global append, items
    append = items = None
    return 4


append(rebind())
print(append, items)


class Counted(list):
    pass


counted = Counted([3, 1, 2])
for _ in range(300):
    counted.reverse()
    list.reverse(counted)
    counted.append(counted.pop())
    counted.count(3)
    "a b".split()
    "a,b".split(",")
    {1: 2}.get(1)
    {1: 2}.get(3, 4)
    {1}.discard(5)
print(counted, sys.getrefcount(list.append) == sys.getrefcount(list.append))


def failing(x):
    try:
        x.index(99)
    except ValueError as e:
        return str(e)
    try:
        x.pop()
    except IndexError as e:
        return str(e)


print({failing([1, 2, 3]) for _ in range(300)})


class Odd:
    def __eq__(self, other):
        return NotImplemented

    def __radd__(self, other):
        return "radd"


def mixed(a, b):
    out = []
    for op in (lambda: a + b, lambda: a == b, lambda: a < b, lambda: a * 2):
        try:
            out.append(op())
        except TypeError as e:
            out.append(str(e))
    return out


for pair in ([1, 2], [3]), ((1, 2), (3,)), ([1], Odd()), ((1,), Odd()), ([1.5], [1.5]), ([float("nan")], [float("nan")]):
    for _ in range(50):
        result = mixed(*pair)
    print(result)
