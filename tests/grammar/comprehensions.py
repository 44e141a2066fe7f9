"""List, set, dict and generator comprehensions: nesting, conditions, scopes."""
print([x * y for x in range(4) if x % 2 for y in range(3) if y])
print({x % 3 for x in range(10)}, {k: v for k, v in zip("abc", range(3))})
print([[j for j in range(i)] for i in range(4)])
gen = (x for x in [1, 2, 3])
print(next(gen), list(gen), type(gen).__name__)
x = "outer"
print([x for x in range(3)], x)
print([(lambda: i)() for i in range(3)], [f() for f in [lambda: i for i in range(3)]])
class C:
    n = 3
    squares = [i * i for i in range(n)]
    try:
        bad = [n for _ in range(2)]
    except NameError as error:
        bad = str(error)
print(C.squares, C.bad)
print([y := 1, y ** 2], [z for w in "ab" if (z := w.upper())], z)
def first(it):
    return next((v for v in it if v > 2), "none")
print(first([1, 2, 3, 4]), first([]))
print(sum(x for x in range(101)), max((len(w), w) for w in ["aa", "b", "ccc"]), sorted({c for c in "hello"}))
def consumed():
    print("outer iterable is evaluated at once")
    return [1, 2]
lazy = (print("body", v) for v in consumed())
print("made")
list(lazy)
print({i: {j for j in range(i)} for i in range(3)}, [a for a, *b in ["xyz", "12"]], [*(b for b in "ab")])
try:
    (1 / v for v in [1, 0]).__next__(), list(1 / v for v in [1, 0])
except ZeroDivisionError as error:
    print(error)
try:
    eval("[a async for a in b]")
except SyntaxError as error:
    print(error.msg)
print([i for i in range(5) if i if i % 2], [x for x in (lambda: [1, 2])()], [None for _ in []])
def locals_in():
    inner = 1
    return [sorted(locals()) for q in range(1)], [inner for inner in range(2)], inner
print(locals_in())
