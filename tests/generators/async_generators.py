"""Asynchronous generators: asend, athrow, aclose, hooks, and asyncio around them."""
import asyncio, sys
async def ticker(n):
    try:
        for i in range(n):
            got = yield i
            if got: print("got", got)
    except ValueError as error:
        print("caught", error)
        yield "recovered"
    finally:
        print("finally", n)
async def main():
    print([x async for x in ticker(3)])
    t = ticker(3)
    print(await anext(t), await t.asend("hello"), await t.athrow(ValueError("v")))
    await t.aclose()
    print(await anext(t, "default"))
    try:
        await anext(t)
    except StopAsyncIteration as stop:
        print("stopped", stop.args)
    t = ticker(5)
    async for x in t:
        if x == 1: break
    await t.aclose()
    squares = (x * x async for x in ticker(4) if x)
    print(type(squares).__name__, [s async for s in squares])
    print(await asyncio.gather(work("a", 3), work("b", 1), work("c", 2)), order)
    try:
        async with asyncio.timeout(0.01): await asyncio.sleep(5)
    except TimeoutError: print("timed out")
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail("x")); group.create_task(asyncio.sleep(10))
    except* ValueError as error:
        print("group", error.exceptions)
    queue = asyncio.Queue(2)
    async def produce():
        for i in range(5): await queue.put(i)
        await queue.put(None)
    async def consume():
        items = []
        while (item := await queue.get()) is not None: items.append(item)
        return items
    print(await asyncio.gather(produce(), consume()))
    task = asyncio.create_task(asyncio.sleep(10), name="sleeper"); await asyncio.sleep(0); task.cancel("why")
    try: await task
    except asyncio.CancelledError as error: print("cancelled", error.args, task.cancelled(), task.get_name())
    lock = asyncio.Lock(); event = asyncio.Event()
    async def locked(name):
        async with lock: order.append(name); await asyncio.sleep(0)
    order.clear(); await asyncio.gather(*(locked(i) for i in range(3))); print(order)
    asyncio.get_running_loop().call_later(0.001, event.set); print(await event.wait())
    print(await asyncio.to_thread(lambda: "from thread"), await asyncio.wait_for(work("w", 1), 1))
    done, pending = await asyncio.wait([asyncio.create_task(work("q", 1)), asyncio.create_task(asyncio.sleep(10))], return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending)); [p.cancel() for p in pending]
    leftover = ticker(9); await anext(leftover); del leftover
    await asyncio.sleep(0)
    return "result"
order = []
async def work(name, n):
    for _ in range(n): await asyncio.sleep(0)
    order.append(name)
    return name.upper()
async def fail(text): raise ValueError(text)
print(asyncio.run(main()))
def attempt(label, action):
    try: print(label, action())
    except BaseException as error: print(f"{label}: {type(error).__name__}: {error}")
a = ticker(1)
attempt("send", lambda: a.asend(5).send(None))
attempt("iter", lambda: iter(a))
attempt("anext int", lambda: anext(5))
attempt("run twice", lambda: asyncio.run(5))
async def bad_return_source(): pass
attempt("syntax", lambda: compile("async def f():\n yield 1\n return 2", "<a>", "exec"))
attempt("syntax", lambda: compile("async def f():\n yield from []", "<a>", "exec"))
attempt("syntax", lambda: compile("def f():\n await x", "<a>", "exec"))
attempt("syntax", lambda: compile("def f():\n async with x: pass", "<a>", "exec"))
