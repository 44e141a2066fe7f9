"""collections: namedtuple, deque, Counter, OrderedDict, defaultdict, ChainMap, User classes and the ABCs."""
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, abc, defaultdict, deque, namedtuple
P = namedtuple("P", "x y", defaults=[0]); p = P(1)
print(p, p.x, p[1], p._replace(y=5), p._asdict(), P._fields, P._field_defaults, P._make([3, 4]), p == (1, 0), isinstance(p, tuple), P.__doc__, namedtuple("R", "a def a", rename=True)._fields, hash(p) == hash((1, 0)), [*p], P.x.__doc__)
d = deque([1, 2, 3], maxlen=4); d.append(4); d.append(5); d.appendleft(0); print(d, d.maxlen, d.rotate(1), d, d.rotate(-2), d, d.pop(), d.popleft(), d.extend([7, 8]), d, d.extendleft("ab"), d, d.count("a"), d.index(7) if 7 in d else None, d.reverse(), d, d[0], d[-1], len(d), d.copy() == d, deque("ab") + deque("c"), deque("ab") * 2, deque([1]) < deque([2]))
d = deque(range(6)); d.insert(2, "x"); d.remove(4); del d[0]; d[1] = "y"; print(d, list(reversed(d)), d.clear(), d, bool(d), deque(maxlen=0), repr(deque([[]])))
c = Counter("abracadabra"); print(c, c.most_common(2), c["z"], sorted(c.elements())[:4], c + Counter("ab"), c - Counter(a=3), c & Counter("abz"), c | Counter(z=1), c.total(), +Counter(a=-1, b=1), -Counter(a=-1), c.subtract("aaaaaa"), c["a"], Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2), Counter({"x": 2}).update("xx"))
o = OrderedDict(a=1, b=2, c=3); o.move_to_end("a"); o.move_to_end("c", last=False); print(o, o.popitem(last=False), list(reversed(o)), o == OrderedDict(a=1, b=2), o == {"a": 1, "b": 2}, o | {"z": 1}, repr(OrderedDict()))
dd = defaultdict(list); dd["a"].append(1); print(dd, dd["b"], "c" in dd, dd.get("q"), dd.default_factory, defaultdict(int, x=1) | {"y": 2}, defaultdict(lambda: "made")["k"])
m = ChainMap({"a": 1}, {"a": 2, "b": 3}); m["c"] = 5; print(m, m["a"], m["b"], len(m), list(m), m.new_child({"z": 0})["z"], m.parents, dict(m), m.maps[0])
class UD(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.upper(), v)
print(UD(a=1), UD({"q": 2}) | {"r": 3}, UserList([3, 1]) + [2], sorted(UserList("ba")), UserString("abc").upper() + "d", UserString("x") * 2)
class Seq(abc.Sequence):
    def __getitem__(self, i): return [1, 2, 3][i]
    def __len__(self): return 3
class Mut(abc.MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
s, t = Seq(), Mut(); t["a"] = 1; t.update(b=2); print(list(reversed(s)), s.index(3), s.count(1), 2 in s, t.pop("a"), t.setdefault("c", 3), list(t.items()), t == {"b": 2, "c": 3}, t.keys() & {"b"}, isinstance(s, abc.Collection), isinstance([], abc.MutableSequence), isinstance({}.keys(), abc.Set), issubclass(dict, abc.Mapping), isinstance(print, abc.Callable), isinstance(5, abc.Hashable), isinstance((i for i in []), abc.Generator), isinstance(range(3), abc.Reversible), isinstance(b"", abc.Buffer))
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
for source in ("P()", "P(1, 2, 3)", "P(z=1)", "p._replace(q=1)", "namedtuple('1a', 'x')", "namedtuple('A', 'x x')", "namedtuple('A', '_x')", "namedtuple('A', 'class')", "deque().pop()", "deque([1])[5]", "deque(maxlen=-1)", "deque(5)", "deque([1]).remove(2)", "deque([1], maxlen=1).insert(0, 2)", "OrderedDict().popitem()", "o.move_to_end('zz')", "defaultdict(5)", "defaultdict()['x']", "m['nope']", "m.popitem() and m.popitem() and m.popitem()", "Counter(5)", "Counter.fromkeys('a')", "abc.Sequence()", "t['nope']", "setattr(p, 'x', 5)", "deque([1]) + [2]", "hash(deque())", "[x for x in d2 if d2.append(x)]" ):
    d2 = deque([1]); attempt(source, lambda: eval(source))
import pickle, copy; print(pickle.loads(pickle.dumps(d)), pickle.loads(pickle.dumps(p)), copy.deepcopy(dd), pickle.loads(pickle.dumps(c)) == c, copy.copy(o))
