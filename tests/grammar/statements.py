"""Every simple and compound statement in its usual shapes."""
x = y = z = 3; x += 1; y -= 1; z *= 2
print(x, y, z)
a, (b, *c), d = 1, (2, 3, 4), 5
print(a, b, c, d)
n: int = 7
m: "forward"
print(n, "m" in globals(), __annotations__ if "__annotations__" in globals() else sorted(__annotate__(1)))
i = 0
while i < 10:
    i += 1
    if i == 3:
        continue
    if i == 6:
        break
else:
    print("not reached")
print("left the loop at", i)
for i in range(3):
    pass
else:
    print("loop ran out at", i)
if not i: print("zero")
elif i > 1: print("more")
else: print("one")
del x
try:
    x
except NameError as error:
    print(error)
assert True, "never"
try:
    assert i < 0, f"i is {i}"
except AssertionError as error:
    print(repr(error))
with open(__file__) as file, open(__file__) as other:
    print(file.readline() == other.readline())
with (
    open(__file__) as file,
):
    print(file.closed)
print(file.closed)
if (count := len("walrus")) > 5:
    print(count)
print([last := value for value in "abc"], last)
lambda_ = lambda p, /, q=2, *r, s, t=5, **u: (p, q, r, s, t, u)
print(lambda_(1, s=4), lambda_(1, 2, 3, s=4, v=6))
print(1 if x_missing else 2) if (x_missing := False) else print("conditional", 1 if not x_missing else 2)
async def nothing(): pass
print(nothing.__name__, 1_000_000, 0xFF, 0o17, 0b101, 1e3, 2j, .5, 1_0.0_1)
print("a" "b" 'c' r"\n", """tri
ple""", 'it''s')
match_ = match = case = type = _ = 1
print(match + case + type + _)
