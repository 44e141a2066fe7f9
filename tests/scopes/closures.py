"""global, nonlocal, cells, class scopes, exec and eval, locals() as of PEP 667."""
x = "global"
def outer():
    x = "outer"
    def read(): return x
    def write(): nonlocal x; x = "written"; return x
    def glob(): global x; return x
    def shadow(x): return x
    class C:
        x = "class"
        def m(self): return x
        y = [x for _ in range(1)]
        z = (lambda: x)()
    print(read(), glob(), shadow("arg"), C().m(), C.x, C.y, C.z, write(), read())
    return read
r = outer(); print(r.__closure__[0].cell_contents, r.__code__.co_freevars, outer.__code__.co_cellvars)
def counter():
    n = 0
    def inc(by=1): nonlocal n; n += by; return n
    return inc, lambda: n
inc, get = counter(); inc(); inc(5); print(get(), counter()[1]())
fs = [lambda: i for i in range(3)]; print([f() for f in fs], [f() for f in [lambda i=i: i for i in range(3)]])
def late():
    def f(): return value
    try: f()
    except NameError as error: print(error)
    value = 1
    return f()
print(late())
def unbound():
    try: print(local)
    except UnboundLocalError as error: print(error)
    local = 1
    del local
    try: local
    except UnboundLocalError as error: print(error)
unbound()
def loc(a, b=2):
    c = 3
    snapshot = locals(); d = 4
    snapshot["a"] = "changed"
    return snapshot, a, sorted(locals())
print(loc(1))
import sys
def frame():
    v = 1; f = sys._getframe(); f.f_locals["v"] = 2; f.f_locals["new"] = 3
    return v, f.f_locals["new"], type(f.f_locals).__name__, sorted(f.f_locals), "new" in locals()
print(frame())
ns = {"k": 5}; exec("k += 1\ndef f(): return k\ny = f()", ns); print(ns["k"], ns["y"], eval("k * 2", ns), eval("k + z", {"k": 1}, {"z": 2}))
def dyn():
    v = 1; exec("v = 2; w = 3"); return v, "w" in locals(), eval("v")
print(dyn())
class K:
    a = 1; b = [x for x in [a]]; exec("c = a + 1"); print(sorted(n for n in locals() if len(n) == 1))
    def __init__(self): self.cls = __class__
print(K().cls is K, K.c)
def delete():
    q = 1
    def inner():
        nonlocal q
        del q
    inner()
    try: q
    except NameError as error: print(type(error).__name__, error)
delete()
for source in ("def f():\n x = 1\n global x", "def f():\n nonlocal y", "nonlocal z", "def f(a):\n global a", "def f():\n nonlocal g\n", "class C:\n nonlocal q", "def f(a, a): pass", "def f():\n print(x)\n global x", "def f():\n x: int\n nonlocal x", "def f():\n a = 1\n def g():\n  nonlocal a\n  a: int = 2", "lambda: (yield)\nawait x"):
    try: compile(source, "<s>", "exec"); print("compiles")
    except SyntaxError as error: print(error.msg, error.lineno, error.offset)
import builtins
builtins.added = "builtin"; print(added); del builtins.added
def defaults(a, l=[], d={}): l.append(a); d[a] = len(l); return l, d
defaults(1); print(defaults(2), defaults.__defaults__)
print((lambda: (lambda: (lambda: x)())())(), [[y for y in [x]] for x in "ab"], globals()["x"], "x" in globals())
