"""list and tuple: methods, slices, sorting, mutation while iterating."""
l = [3, 1, 2]
l.append(4); l.extend("ab"); l.insert(1, "x"); l.insert(-1, "y"); l.insert(100, "z"); print(l, l.pop(), l.pop(0), l.index("a"), l.count(1), l.remove("x"), l, l.reverse(), l, l.copy() is l)
l = list(range(10)); print(l[2:8:3], l[::-1], l[-3:], l[8:2:-2], l[:-8], l[20:], l[slice(1, 3)])
l[2:5] = ["a"]; print(l); l[1:1] = [7, 8]; print(l); l[::2] = [0] * len(l[::2]); print(l); del l[::3]; print(l); l[:] = []; print(l); l[5:] = [1, 2]; print(l); l *= 3; print(l); l += (9,); print(l); del l[0], l[-1]; print(l)
print([1, 2] + [3], [0] * 3, [[]] * 2, 2 in [1, 2], [1, 2] < [1, 2, 0], [1, [2]] == [1, [2]], [] < [1], [1, "a"] == [1, "a"], [nan := float("nan")] == [nan], list("ab"), list({"k": 1}), list(map(str, [1])))
print(sorted("bca"), sorted([3, 1, 2], reverse=True), sorted(["B", "a", "C"], key=str.lower), sorted([(1, "b"), (1, "a"), (0, "c")]), sorted([1, 2, 3, 4], key=lambda x: x % 2), sorted([1, 2, 3, 4], key=lambda x: x % 2, reverse=True), sorted({"b": 1, "a": 2}), sorted([True, 0, 2.5, -1]))
import random
rng = random.Random(5); data = [(rng.randrange(50), i) for i in range(500)]
print(sorted(data) == sorted(reversed(data)), [i for k, i in sorted(data, key=lambda t: t[0])[:8]], sorted(data, key=lambda t: -t[0])[:3], all(a[1] < b[1] for a, b in zip(*[iter(sorted(data, key=lambda t: t[0]))] * 2) if a[0] == b[0]))
compared = []
class Logged:
    def __init__(self, v): self.v = v
    def __lt__(self, o): compared.append((self.v, o.v)); return self.v < o.v
print([x.v for x in sorted(map(Logged, [2, 3, 1, 4]))], compared)
l = [1, 2, 3]
for x in l:
    if x < 3: l.append(x + 10)
    if len(l) > 8: break
print(l)
class Evil:
    def __init__(self, l): self.l = l
    def __lt__(self, o): self.l.append(1); return False
    def __eq__(self, o): self.l.clear(); return False
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
l = []; l += [Evil(l), Evil(l)]; attempt("sort mutation", l.sort); l = []; l += [Evil(l)] * 5; attempt("index mutation", lambda: l.index(7)); l = [1, 2]; attempt("key error", lambda: l.sort(key=lambda x: l.append(x)))
t = (1, 2, [3]); print(t + (4,), t * 2, t[::-1], t.index(2), t.count(1), hash((1, 2)) == hash((1, 2)), (1,) < (1, 2), tuple("ab"), t[-1], len(()), () is (), (1, 2) == (1, 2.0), sorted(((2, 1), (1, 5))))
try: t[2] += [4]
except TypeError as error: print(error, t)
for source in ("[].pop()", "[1].pop(5)", "[].remove(1)", "[1].index(2)", "[1][5]", "[1]['a']", "[1][1.0]", "[1] + (2,)", "[1] * 'a'", "[1, 'a'].sort()", "[].sort(1)", "[].sort(k=1)", "[].append()", "[].extend(5)", "[1, 2].__setitem__(slice(None, None, 2), [1, 2, 3])", "[].__setitem__(0, 1)", "[].__delitem__(0)", "list(5)", "list(1, 2)", "[] < ()", "[1] < ['a']", "hash([])", "hash(([],))", "(1,) + [2]", "()[0]", "(1, 2).index(3)", "tuple(5)", "tuple.__new__(list)", "(1).x", "[1, 2][::0]", "[].insert('a', 1)", "sorted(5)", "min([])", "max()", "min(1)", "max([], default='d')", "min([1, 'a'])", "sum(['a'])", "sum([[1], [2]], [])", "sum('ab', '')", "reversed(5)", "list(zip([1], [1, 2], strict=True))", "list(zip([1, 2], [1], strict=True))", "list(map(lambda a, b: 0, [1], [], strict=True))", "enumerate([], 'a')", "all(5)", "list(range(1, 2, 0))", "range(1.5)", "range(5)[10]", "range(10).index(20)", "slice(1, 2, 3).indices(-1)", "next(iter([]))", "next([])", "iter(5)", "iter(1, 2)", "len(iter([]))"):
    attempt(source, lambda: eval(source))
print(list(enumerate("ab", 5)), list(zip("abc", range(2))), list(map(pow, [2, 3], [3, 2])), list(filter(None, [0, 1, "", "a"])), list(reversed(range(0, 10, 3))), any([]), all([]), list(iter(lambda c=iter([1, 2, 0]): next(c), 0)), [*range(10, 0, -3)], range(0, 10, 2)[1:3], range(3) == range(0, 3, 1), hash(range(3)) == hash(range(0, 3)), 5.0 in range(10), range(10).count(3), slice(1, None, 2).indices(6), len(range(-5, 5, 3)))
