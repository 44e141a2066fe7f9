"""Deep recursion ends in RecursionError, in Python and in native code, and can be handled."""
import sys, json, copy
sys.setrecursionlimit(400)
def down(n): return down(n + 1)
def attempt(label, action):
    try:
        action(); print(label, "no error")
    except RecursionError as error: print(label, "RecursionError:", str(error).split(" while")[0].split(" in comparison")[0].split(" (used")[0])
    except Exception as error: print(label, type(error).__name__, error)
attempt("function", lambda: down(0))
class R:
    def __repr__(self): return repr(self)
    def __getattr__(self, name): return getattr(self, name + "x")
    def __eq__(self, other): return self == other
    def __len__(self): return len(self)
    def __call__(self): return self()
    def __add__(self, o): return self + o
    def __hash__(self): return hash(self)
    def __iter__(self): return iter(self)
    def __str__(self): return str(self)
r = R()
for name, action in {"repr": lambda: repr(r), "getattr": lambda: r.a, "eq": lambda: r == 1, "len": lambda: len(r), "call": lambda: r(), "add": lambda: r + 1, "hash": lambda: hash(r), "iter": lambda: list(r), "str": lambda: f"{r}"}.items():
    attempt(name, action)
l = []; l.append(l); d = {}; d["d"] = d
print(l, d, l == l)
a, b = [], []; a.append(b); b.append(a)
attempt("compare", lambda: a == b)
nested = []
for _ in range(100000): nested = [nested]
attempt("repr of nested", lambda: repr(nested)); attempt("json", lambda: json.dumps(nested)); attempt("deepcopy", lambda: copy.deepcopy(nested)); attempt("compare nested", lambda: nested == [nested])
del nested
t = ()
for _ in range(200000): t = (t,)
del t
class Node:
    def __init__(self, next): self.next = next
n = None
for _ in range(200000): n = Node(n)
del n
g = iter([])
for _ in range(100): g = map(lambda x: x, g)
print(list(g), "freed")
sys.setrecursionlimit(1000)
def depth():
    try: return depth() + 1
    except RecursionError: return 1
print(depth() > 900, sys.getrecursionlimit())
for limit in (0, -1, "x", 3):
    try: sys.setrecursionlimit(limit); print("set", limit)
    except Exception as error: print(type(error).__name__, error)
    finally: sys.setrecursionlimit(1000)
attempt("eval", lambda: eval("(" * 300 + ")" * 300)); attempt("eval", lambda: eval("-" * 100000 + "1")); attempt("isinstance", lambda: isinstance(1, (lambda f: f(f, 100000))(lambda f, n: __import__("functools").reduce(lambda x, _: (x,), range(n), ()))))
