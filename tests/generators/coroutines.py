"""Coroutines driven by hand: await, __await__, async for and with, messages."""
import sys, types, inspect
class Wait:
    def __init__(self, v): self.v = v
    def __await__(self): return (yield self.v)
async def add(a, b):
    x = await Wait(a)
    y = await Wait(b)
    return x + y
def drive(coro, *values):
    values = iter(values)
    try:
        request = coro.send(None)
        while True:
            print("request", request, end="; ")
            request = coro.send(next(values))
    except StopIteration as stop:
        return stop.value
print(drive(add("a", "b"), 10, 20))
class Manager:
    async def __aenter__(self): print("enter", await Wait("in")); return self
    async def __aexit__(self, *exc): print("exit", exc[0] and exc[0].__name__, await Wait("out")); return exc[0] is KeyError
class Numbers:
    def __init__(self, n): self.n = n; self.i = 0
    def __aiter__(self): return self
    async def __anext__(self):
        if self.i == self.n: raise StopAsyncIteration
        self.i += 1
        return await Wait(self.i) or self.i
async def body():
    async with Manager() as m, Manager():
        async for x in Numbers(2): print("got", x)
        else: print("else")
    async with Manager():
        raise KeyError
    listed = [x async for x in Numbers(3) if x != 2]
    return listed, {x: await Wait("v") async for x in Numbers(1)}, [await Wait(i) for i in (7, 8)]
print(drive(body(), *[None] * 30))
async def plain(): return 1
c = plain(); print(inspect.getcoroutinestate(c), c.cr_await, c.cr_running, type(c).__name__, repr(c).split(" at ")[0]); c.close(); print(inspect.getcoroutinestate(c))
def attempt(label, action):
    try:
        print(label, action())
    except BaseException as error:
        print(f"{label}: {type(error).__name__}: {error}")
async def bad_await(): await 5
async def bad_aiter():
    async for x in [1]: pass
async def bad_with():
    async with open(__file__): pass
class BadAwait:
    def __await__(self): return 5
async def uses_bad(): await BadAwait()
async def stop(): raise StopIteration("in coroutine")
for f in (bad_await, bad_aiter, bad_with, uses_bad, stop):
    attempt(f.__name__, lambda: f().send(None))
attempt("iterate", lambda: [x for x in plain()])
c = plain(); attempt("non-None", lambda: c.send(1)); c.close()
attempt("closed", lambda: c.send(None))
async def twice():
    c = plain(); await c; await c
attempt("await twice", lambda: twice().send(None))
@types.coroutine
def old(): return (yield "from generator")
async def uses_old(): return await old()
print(drive(uses_old(), 99))
async def cleanup():
    try: await Wait("w")
    finally: print("finally in coroutine")
c = cleanup(); c.send(None); c.close()
c = cleanup(); c.send(None); attempt("thrown", lambda: c.throw(RuntimeError("boom")))
import warnings
warnings.simplefilter("always")
def never():
    plain()
never()
print(inspect.iscoroutine(c), inspect.iscoroutinefunction(plain), inspect.isawaitable(Wait(1)), c.cr_code.co_name)
