"""Instances show their attributes in the order in which they were made, however often they go and come back."""
import copy
import gc
import itertools
import weakref


class C:
    def __init__(self):
        self.a, self.b, self.c, self.d = 1, 2, 3, 4


# Every sequence of three deletions and stores, with and without a look in between.
for look in (False, True):
    seen = set()
    for names in itertools.product("abcd", repeat=3):
        o = C()
        model = dict(a=1, b=2, c=3, d=4)
        for i, name in enumerate(names):
            if name in model and i % 2 == 0:
                delattr(o, name)
                del model[name]
            setattr(o, name, i)
            model[name] = i
            if look:
                assert list(o.__dict__.items()) == list(model.items())
        o.e = 5
        model["e"] = 5
        assert list(vars(o).items()) == list(model.items()), names
        seen.add(tuple(model))
    print(look, len(seen))


def toggle(o, rounds):
    for i in range(rounds):
        del o.a
        o.a = i
        del o.c
        o.c = i
    return o


o = toggle(C(), 20)
print(list(vars(o).items()))
toggle(o, 3)
print(o.__dict__)

# More attributes out of order than are kept apart.
o = C()
for name in "abcdabcab":
    delattr(o, name)
    setattr(o, name, name)
print(vars(o))

# All go, and come back in another order.
o = C()
for name in "abcd":
    delattr(o, name)
print(vars(C()), vars(o))
o = C()
for name in "dbca":
    delattr(o, name)
for name in "dcba":
    setattr(o, name, 0)
print(list(vars(o)))


# Attributes that are deleted twice, or were never there.
o = C()
del o.b
for name in ("b", "z"):
    try:
        delattr(o, name)
    except AttributeError as e:
        print(e)
o.b = 1
print(copy.copy(o).__dict__, list(vars(o)))

# The values are freed, and seen by the collector.
class Value:
    pass


o = C()
first, second = Value(), Value()
watch = [weakref.ref(first), weakref.ref(second)]
del o.a
o.a = first
del o.b
o.b = second
first.back = o
del first, second
print([w() is not None for w in watch], o in gc.get_referrers(o.a))
del o.b
print([w() is not None for w in watch])
del o
gc.collect()
print([w() is not None for w in watch])


class L(list):
    def __init__(self):
        self.x = 1
        self.y = 2


items = L()
for i in range(3):
    del items.x
    items.x = i
    items.append(i)
print(items, vars(items))
