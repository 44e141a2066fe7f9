"""with statements and contextlib."""
import contextlib, io, sys
class CM:
    def __init__(self, name, swallow=False): self.name, self.swallow = name, swallow
    def __enter__(self): print("enter", self.name); return self
    def __exit__(self, kind, value, tb): print("exit", self.name, kind and kind.__name__, value); return self.swallow
with CM("a") as a, CM("b") as b: print(a.name + b.name)
with CM("swallow", True): raise ValueError("gone")
try:
    with CM("outer"), CM("inner"): raise KeyError("k")
except KeyError as error: print("out", error)
def early():
    with CM("return"): return "value"
print(early())
for i in range(2):
    with CM(f"loop{i}"):
        if i == 0: continue
        break
@contextlib.contextmanager
def gen(x):
    print("setup", x)
    try: yield x * 2
    except ZeroDivisionError: print("handled")
    finally: print("teardown", x)
with gen(2) as v: print(v)
with gen(3): 1 / 0
@gen(4)
def decorated(): print("body"); return 1
print(decorated(), decorated.__name__)
with contextlib.ExitStack() as stack:
    stack.enter_context(CM("s1")); stack.callback(print, "callback"); stack.push(lambda *exc: print("pushed", exc[0])); stack.enter_context(CM("s2")); moved = None
stack = contextlib.ExitStack(); stack.callback(print, "moved"); other = stack.pop_all(); stack.close(); print("closing"); other.close()
with contextlib.suppress(KeyError, IndexError): [][1]
out = io.StringIO()
with contextlib.redirect_stdout(out): print("captured")
print(repr(out.getvalue()), contextlib.nullcontext(5).__enter__())
with contextlib.closing(io.StringIO()) as f: pass
print(f.closed)
class Both(contextlib.ContextDecorator):
    def __enter__(self): print("in"); return self
    def __exit__(self, *exc): print("out"); return False
@Both()
def g(): return "g"
print(g())
with contextlib.chdir("/"): import os; print(os.getcwd())
def attempt(label, action):
    try: print(label, action())
    except BaseException as error: print(f"{label}: {type(error).__name__}: {error}", repr(error.__context__))
@contextlib.contextmanager
def bad(n):
    if n == 1: return
    yield 1
    if n == 2: yield 2
def use(cm):
    with cm: pass
attempt("no yield", lambda: use(bad(1))); attempt("two yields", lambda: use(bad(2))); attempt("not a cm", lambda: use(5)); attempt("no exit", lambda: use(type("X", (), {"__enter__": lambda s: 1})())); attempt("suppress group", lambda: exec("with contextlib.suppress(ValueError):\n raise ExceptionGroup('g', [ValueError(), KeyError()])"))
class ExitRaises(CM):
    def __exit__(self, *exc): raise RuntimeError("in exit")
def both():
    with ExitRaises("x"): raise ValueError("body")
attempt("exit raises", both)
@contextlib.contextmanager
def passes():
    yield
def stopit():
    with passes(): raise StopIteration("through")
attempt("StopIteration", stopit)
@contextlib.asynccontextmanager
async def ag():
    print("async setup"); yield "v"; print("async teardown")
import asyncio
async def main():
    async with ag() as v, contextlib.AsyncExitStack() as s: s.push_async_callback(asyncio.sleep, 0); print(v)
asyncio.run(main())
class Abstract(contextlib.AbstractContextManager):
    def __exit__(self, *a): pass
print(isinstance(CM("i"), contextlib.AbstractContextManager), Abstract().__enter__().__class__.__name__)
