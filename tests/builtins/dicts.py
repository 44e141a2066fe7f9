"""dict, its views, set and frozenset."""
d = {"a": 1, "b": 2}
d["c"] = 3; d.update(x=9, b=7); d.update([("y", 8)]); d |= {"z": 0}; print(d, len(d), "a" in d, d.get("q"), d.get("q", 5), d.pop("x"), d.pop("nope", None), d.setdefault("n", []), d.setdefault("a", 9), d.popitem(), list(d), list(reversed(d)))
del d["b"]; d["b"] = "again"; print(d, d | {"a": 0}, {**d, "e": 5}, dict(a=1), dict([(1, 2)]), dict(zip("ab", "cd")), dict.fromkeys("ab", 0), d.copy() == d, d == dict(reversed(d.items())), {1: 1, True: 2, 1.0: 3})
k, v, i = d.keys(), d.values(), d.items(); print(k, v, i, k & {"a", "zz"}, sorted(k | {"new"}), sorted(k - {"a"}), sorted(k ^ {"a", "q"}), ("a", 1) in i, 1 in v, len(i), k == {"a", "c", "y", "b"}, k.isdisjoint("xyz"), list(reversed(i))[0], k.mapping["a"], i & {("a", 1)}, k <= {"a", "b", "c", "y", "z"})
d["more"] = 1; print("more" in k, type(k).__name__, repr(iter(d)).split(" ")[0])
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
def grow():
    for key in d: d[key + "x"] = 1
attempt("grow", grow); d = {1: 1, 2: 2}
def replace():
    for key in d: del d[key]; d[key + 10] = 1
attempt("replace", replace)
class H:
    def __init__(self, v): self.v = v
    def __hash__(self): return 1
    def __eq__(self, o): return isinstance(o, H) and self.v == o.v
    def __repr__(self): return f"H{self.v}"
h = {H(i): i for i in range(5)}; print(h, h[H(3)], H(9) in h); del h[H(2)]; print(list(h), len(h))
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 3): del big[i]
print(len(big), big[500], sum(big), list(big)[:4], 999 in big); big.clear(); print(big)
s = {1, 2, 3}; t = {3, 4}
print(s | t, s & t, s - t, s ^ t, s <= {1, 2, 3, 4}, s < s, s > {1}, s.isdisjoint({9}), s.union([5], (6,)), s.intersection([1, 9]), s.difference([1], [2]), s.symmetric_difference([1, 7]), s.issubset(range(10)), s.issuperset([1]), 2 in s, len(s))
s.add(4); s.discard(9); s.remove(1); s.update([7], {8}); s &= {2, 3, 4, 7}; s -= {7}; s ^= {9}; s |= {0}; print(s, s.copy() == s, set() == frozenset(), {1} == frozenset([1]), hash(frozenset([1, 2])) == hash(frozenset([2, 1])), frozenset("a"), repr(set()), {frozenset([1]): 2}, frozenset([1]) | {2}, type({1} | frozenset([2])).__name__, type(frozenset() | {2}).__name__, {*[1, 2], 3}, {1} in [{1}], {1} in {frozenset([1])})
for source in ("{}['a']", "{}[[]]", "{[]: 1}", "{{}}", "set([[]])", "{}.pop('a')", "{}.popitem()", "dict(5)", "dict([1])", "dict([(1, 2, 3)])", "dict(['ab', 'c'])", "dict.fromkeys(5)", "{}.update(5)", "{} | 5", "{} < {}", "set().pop()", "set().remove(1)", "{1} + {2}", "{1} | [2]", "set(5)", "hash(set())", "{1}.add([])", "frozenset().add(1)", "{1}.union(5)", "{1} < [1]", "{1: 2}.items() < 5", "{}.keys() + {}.keys()", "{}.get()", "{}.setdefault()", "{}.fromkeys()", "{}.update(a=1, b=2, **{'c': 3})", "del_ = {}.__delitem__('x')", "{}.keys()[0]", "{1} in {1}", "{'a': 1}.a", "dict(**{1: 2})", "{**5}", "{}.__missing__"):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
class Counting(dict):
    def __setitem__(self, k, v): super().__setitem__(k, v + 1)
c = Counting(a=1); c["b"] = 1; c.update(c=1); c |= {"d": 1}; print(c, type(c | {}), type(c.copy()), c == {"a": 1, "b": 2, "c": 1, "d": 1})
import types
p = types.MappingProxyType({"a": 1}); attempt("proxy", lambda: p.__setitem__); print(p["a"], p | {"b": 2}, p, dict(p), types.SimpleNamespace(a=1, b="x"))
x = {}; x["self"] = x; x["list"] = [x]; print(x)
