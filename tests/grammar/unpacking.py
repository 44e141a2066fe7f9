"""Unpacking in assignments, calls, displays, loops and returns."""
a, *b = range(5); print(a, b)
*a, b = "xyz"; print(a, b)
a, *b, c = (1, 2); print(a, b, c)
[a, [b, *c], *d] = 1, "pqr", 3, 4; print(a, b, c, d)
(a), b = 1, 2; print(a, b)
for i, (j, *k) in enumerate([(1, 2, 3), "ab"]): print(i, j, k)
def pair(): return 1, *[2, 3]
print(pair(), [*pair(), *"x"], {*pair()}, (*pair(),), {**{"a": 1}, **{"a": 2, "b": 3}})
def f(a, b=2, *args, c, d=4, **kw): return a, b, args, c, d, kw
print(f(*[1], c=3), f(1, *[5, 6], *(7,), c=3, **{"d": 0}, e=9, **{"f": 8}))
class It:
    def __init__(self, n): self.n = n
    def __iter__(self): return iter(range(self.n))
x, y = It(2); print(x, y)
cases = {
    "a, b = 1,": None, "a, b = 1, 2, 3": None, "a, *b, c = [1]": None, "a, b = 5": None, "a, b = It(3)": None,
    "f()": None, "f(1)": None, "f(1, 2, 3, c=1, a=2)": None, "f(*5, c=1)": None, "f(**5)": None, "f(1, **{'a': 2}, c=1)": None,
    "f(1, c=1, **{1: 2})": None, "f(1, c=1, **{'x': 1}, **{'x': 2})": None, "(lambda: 0)(1)": None, "(lambda a: 0)()": None,
    "(lambda a, b, c: 0)()": None, "(lambda *, a, b: 0)()": None, "(lambda a, /: 0)(a=1)": None, "(lambda a=1: 0)(1, 2)": None,
    "(lambda a, b=1, *, c: 0)(1, 2, 3, c=1)": None, "[*1]": None, "{**[]}": None, "{*5}": None, "print(*None)": None, "len()": None,
    "len(1, 2)": None, "len(obj=1)": None, "''.join(1, 2)": None, "sorted([], 1)": None, "int(x=1, y=2)": None, "dict(1, 2)": None,
    "(lambda x: 0)(y=1)": None, "(lambda xylophone: 0)(xylophon=1)": None, "range()": None, "print(sepp=1)": None,
}
for source in cases:
    try:
        exec(source)
        print(source, "works")
    except Exception as error:
        print(f"{source}: {type(error).__name__}: {error}")
swap = [1, 2]
swap[0], swap[1] = swap[1], swap[0]
print(swap)
i = 0
i, swap[i] = 1, "at new index"
print(i, swap)
