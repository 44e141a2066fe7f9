"""Iterators: protocols, exhaustion, length hints, copying state, iter with a sentinel."""
import operator, pickle, copy
class Count:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration("done")
        self.n -= 1
        return self.n
c = Count(3); print(list(c), list(c), next(c, "default"))
class OnlyGet:
    def __getitem__(self, i): return "abc"[i]
    def __len__(self): return 3
print(list(OnlyGet()), list(reversed(OnlyGet())), "b" in OnlyGet(), dict(enumerate(OnlyGet())), [*OnlyGet()], max(OnlyGet()))
for it in (iter([1, 2, 3]), iter((1, 2)), iter("ab"), iter({1: 2}), iter({5}), iter(range(3)), reversed([1, 2]), enumerate("ab"), zip([1], [2]), map(str, [1]), filter(None, [1]), iter(b"ab"), iter(int, 1), iter({1: 2}.values())):
    print(type(it).__name__, operator.length_hint(it, -1), next(it), operator.length_hint(it, -1), hasattr(it, "__next__"), iter(it) is it)
for make in (lambda: iter([1, 2, 3]), lambda: iter("abc"), lambda: iter(range(5)), lambda: reversed([1, 2, 3]), lambda: enumerate("abc"), lambda: iter((1, 2, 3)), lambda: iter(b"abc"), lambda: iter({1: 1, 2: 2})):
    it = make(); next(it); print(type(it).__name__, list(pickle.loads(pickle.dumps(it))), list(copy.copy(it)), list(it), list(it), next(it, "end"))
l = [1, 2]; it = iter(l); list(it); l.append(3); print(list(it)); it = iter(l); next(it); l.clear(); print(list(it))
it = iter([1, 2, 3]); a, b = next(it), next(it); print(a, b, *it, sep=","); print([x for pair in zip(*[iter("abcdef")] * 2) for x in pair], list(zip()), list(zip("ab")))
print([(a, b) for a, b in zip("ab", Count(5))], list(map(lambda *a: a, "ab", "cd")), sum(1 for _ in Count(7)), tuple(map(None.__class__, [])), list(filter(lambda x: x % 2, range(6))), list(enumerate(["x"], start=-1)))
class Bad:
    def __iter__(self): return 5
class Raises:
    def __iter__(self): yield 1; raise KeyError("inside")
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
attempt("bad iter", lambda: iter(Bad())); attempt("raises", lambda: list(Raises())); attempt("partial", lambda: [x for x in Raises()]); attempt("unpack", lambda: (lambda a, b: 0)(*Raises())); attempt("no iter", lambda: iter(object())); attempt("hint", lambda: operator.length_hint(5, "x"))
class BadHint:
    def __length_hint__(self): return -1
    def __iter__(self): return iter([])
attempt("bad hint", lambda: list(BadHint()))
class NoneIter: __iter__ = None; __contains__ = None
attempt("None iter", lambda: iter(NoneIter())); attempt("None contains", lambda: 1 in NoneIter())
x = iter(lambda: attempt.__name__, "attempt"); print(list(x)); print([i for i in reversed({"a": 1, "b": 2})], list(reversed(range(5, 0, -2))))
