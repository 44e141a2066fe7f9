l = [3, 1, 2]
l.append(5)
l.sort()
print(l, l[1], l[1:3], l.pop(), len(l), 2 in l, l.index(2), l + [9], l * 2)
d = {"a": 1, "b": 2}
d["c"] = 3
del d["a"]
print(d, d["b"], d.get("z"), list(d), list(d.items()), "c" in d, len(d))
s = {1, 2, 2, 3}
s.add(4)
print(len(s), 2 in s, s & {1, 9}, s - {1, 2, 3}, sorted(s | {0}))
t = (1, "two", [3])
a, b, c = t
print(t, a, b, c, t[1], t + (4,), (1,) < (2,))
print(sorted([3, 1, 2], reverse=True), sum([1, 2]), max(1, 5), min("b", "a"), list(zip("ab", [1, 2])), list(map(str, [1])))
