"""itertools, functools, operator, heapq and bisect."""
import bisect, functools, heapq, itertools as it, operator
print(list(it.chain("ab", [1])), list(it.chain.from_iterable(["ab", "c"])), list(it.islice(it.count(5, 2), 3)), list(it.islice("abcdef", 1, None, 2)), list(it.islice(it.cycle("ab"), 5)), list(it.repeat("x", 2)), list(it.accumulate([1, 2, 3])), list(it.accumulate([1, 2, 3], operator.mul, initial=10)), list(it.compress("abc", [1, 0, 1])))
print(list(it.takewhile(lambda x: x < 3, [1, 2, 5, 1])), list(it.dropwhile(lambda x: x < 3, [1, 5, 1])), list(it.filterfalse(lambda x: x % 2, range(5))), list(it.starmap(pow, [(2, 3), (3, 2)])), list(it.zip_longest("abc", "x", fillvalue="-")), [(k, list(g)) for k, g in it.groupby("aabca")], list(it.pairwise("abcd")), list(it.batched("abcde", 2)), [list(t) for t in it.tee([1, 2])])
print(list(it.product("ab", [1, 2])), list(it.product([0, 1], repeat=2)), list(it.permutations("abc", 2)), list(it.combinations("abc", 2)), list(it.combinations_with_replacement("ab", 2)), len(list(it.permutations(range(5)))), list(it.product()), list(it.combinations("ab", 3)), repr(it.count(1, 2)), repr(it.repeat(1, 3)), next(it.count(1.5, 0.5)))
a, b = it.tee(iter("abc")); next(a); c = b.__copy__(); print(list(a), list(b), list(c))
g = it.groupby([1, 1, 2]); k, first = next(g); next(g); print(list(first))
@functools.lru_cache(maxsize=2)
def sq(x): return x * x
[sq(i) for i in (1, 2, 1, 3, 2)]; print(sq.cache_info(), sq.cache_parameters(), sq.cache_clear(), sq.cache_info())
@functools.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(100), fib.cache_info().misses, functools.reduce(lambda a, b: a + b, "abc"), functools.reduce(operator.mul, [], 1))
p = functools.partial(print, "a", sep="-"); p("b"); print(p.func.__name__, p.args, p.keywords, functools.partial(p, "c").args, functools.partial(pow, functools.Placeholder, 2)(5))
class V:
    def __init__(self, v): self.v = v
    def __eq__(self, o): return self.v == o.v
    def __lt__(self, o): return self.v < o.v
    @functools.cached_property
    def slow(self): print("computed"); return self.v * 2
    @functools.singledispatchmethod
    def kind(self, x): return "any"
    @kind.register
    def _(self, x: int): return "int"
    half = functools.partialmethod(lambda self, d: self.v / d, 2)
V = functools.total_ordering(V); v = V(4); print(v.slow, v.slow, V(1) <= V(2), V(3) >= V(4), v.kind(1), v.kind("s"), v.half(), sorted([V(2), V(1)], key=functools.cmp_to_key(lambda a, b: b.v - a.v))[0].v)
h = [5, 1, 8, 3]; heapq.heapify(h); heapq.heappush(h, 0); print(h, heapq.heappop(h), heapq.heapreplace(h, 9), heapq.heappushpop(h, 2), heapq.nlargest(2, h), heapq.nsmallest(2, h, key=lambda x: -x), list(heapq.merge([1, 4], [2, 3])), [heapq.heappop(h) for _ in range(len(h))])
l = [1, 3, 3, 5]; print(bisect.bisect(l, 3), bisect.bisect_left(l, 3), bisect.insort(l, 4), l, bisect.bisect_left(l, 4, key=lambda x: x), bisect.bisect(l, 0, 2))
print(operator.add(1, 2), operator.itemgetter(0, -1)("abc"), operator.attrgetter("real")(3), operator.methodcaller("split", ",")("a,b"), operator.concat([1], [2]), operator.countOf([1, 1], 1), operator.indexOf("abc", "c"), operator.index(True), operator.contains([1], 1), operator.truth([]), operator.is_not(1, None), operator.iadd([1], [2]), operator.call(len, "abc"), repr(operator.itemgetter(1)), operator.matmul.__doc__)
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("it.count('a')", "it.islice([], -1)", "it.islice([1], 1, 2, 0)", "list(it.batched('abc', 2, strict=True))", "it.batched('a', 0)", "it.product('a', repeat=-1)", "it.permutations('a', -1)", "it.combinations('ab', -1)", "it.repeat()", "list(it.chain(5))", "it.zip_longest('a', z=1)", "it.tee([], -1)", "it.accumulate()", "list(it.starmap(pow, [5]))", "functools.reduce(operator.add, [])", "functools.partial()", "functools.partial(5)", "functools.lru_cache('a')", "operator.itemgetter()", "operator.itemgetter(5)('a')", "operator.attrgetter(5)", "operator.index(1.5)", "operator.indexOf([], 1)", "heapq.heappop([])", "heapq.heapify(5)", "heapq.heappush((), 1)", "bisect.bisect(5, 1)", "bisect.bisect([1], 'a')", "sq([])", "heapq.nlargest('a', [])", "it.pairwise(5)", "it.groupby()", "it.compress([1])", "it.cycle(5)", "operator.length_hint(1, 'a')"):
    attempt(source)
