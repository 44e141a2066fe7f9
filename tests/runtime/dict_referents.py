"""What the collector sees of dicts: the values, and the keys where not all are strings."""
import gc


def seen(d):
    return sorted(map(repr, gc.get_referents(d)))


print(seen({"a": [], "b": ()}))
print(seen({1: "x"}))
print(seen({"a": 1, 2: 3}))
mixed = {"a": 1, 2: 3}
del mixed[2]
print(seen(mixed))
key = (1, 2)
print(seen({key: "value", "other": None}))


class C:
    pass


c = C()
c.x = 5
print(seen(c.__dict__))
