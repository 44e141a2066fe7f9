# Instances die at once when generators, coroutines and asynchronous generators end, by whatever way.
import asyncio
import gc
import sys


gc.disable()


class T:
    live = 0

    def __init__(self, name="t"):
        T.live += 1
        self.name = name

    def __del__(self):
        T.live -= 1


def check(f):
    before = T.live
    try:
        f()
        how = "returns"
    except BaseException as error:
        how = type(error).__name__
        del error
    print(f"{f.__name__:28} {how:18} {T.live - before}")
    return f


def gen(t=None):
    a = T()
    try:
        b = yield T()
        c = yield b
    finally:
        d = T()


@check
def exhausted():
    for x in gen(T()):
        pass


@check
def never_started():
    g = gen(T())
    del g


@check
def abandoned():
    g = gen(T())
    next(g)
    g.send(T())


@check
def closed():
    g = gen()
    next(g)
    g.close()
    g.close()


@check
def closed_unstarted():
    g = gen(T())
    g.close()


@check
def thrown():
    g = gen()
    next(g)
    g.throw(KeyError(T()))


@check
def thrown_unstarted():
    gen(T()).throw(KeyError(T()))


@check
def thrown_and_caught():
    def g():
        try:
            yield T()
        except KeyError as error:
            yield error.args
        yield T()

    i = g()
    next(i)
    i.throw(KeyError(T()))
    next(i)


@check
def close_ignored():
    def g():
        a = T()
        try:
            yield
        except GeneratorExit:
            yield a

    i = g()
    next(i)
    i.close()


@check
def returns_value():
    def g():
        yield T()
        return T()

    def outer():
        value = yield from g()
        yield value

    for x in outer():
        pass


@check
def delegates_and_closes():
    def outer():
        a = T()
        yield from gen(a)

    g = outer()
    next(g)
    g.close()
    g = outer()
    next(g)
    del g
    g = outer()
    next(g)
    g.throw(ValueError(T()))


@check
def stop_iteration_inside():
    def g():
        a = T()
        raise StopIteration(T())
        yield

    next(g())


@check
def reentered():
    def g():
        a = T()
        yield next(i)

    i = g()
    try:
        next(i)
    finally:
        del i


@check
def expression_kept():
    g = (x for x in [T(), T(), T()])
    next(g)
    h = g
    del g
    next(h)


@check
def frame_kept():
    g = gen()
    next(g)
    frame = g.gi_frame
    del g
    print("  with the frame", T.live)
    del frame


@check
def traceback_kept():
    def g():
        a = T()
        yield 1 // 0

    try:
        next(g())
    except ZeroDivisionError as error:
        kept = error
    print("  with the error", T.live)
    kept.__traceback__ = None
    print("  without traceback", T.live)


@check
def in_cycle():
    import gc

    def g():
        a = T()
        me = yield
        yield

    i = g()
    next(i)
    i.send(i)
    del i
    print("  before", T.live)
    gc.collect()
    print("  after", T.live)


async def sub(t, fail=False):
    a = T()
    await asyncio.sleep(0)
    if fail:
        raise KeyError(a, t)
    return T()


@check
def coroutine_runs():
    asyncio.run(sub(T()))


@check
def coroutine_fails():
    asyncio.run(sub(T(), True))


@check
def coroutine_closed():
    c = sub(T())
    c.close()
    c = sub(T())
    c.send(None)
    c.close()
    c = sub(T())
    c.send(None)
    try:
        c.throw(ValueError(T()))
    except ValueError:
        pass


@check
def gathers():
    async def main():
        results = await asyncio.gather(sub(T()), sub(T(), True), return_exceptions=True)
        del results
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(sub(T()))
                group.create_task(sub(T(), True))
        except* KeyError as error:
            pass

    asyncio.run(main())


@check
def cancelled():
    async def wait(t):
        a = T()
        await asyncio.sleep(100)

    async def main():
        task = asyncio.create_task(wait(T()))
        await asyncio.sleep(0)
        task.cancel(T())
        try:
            await task
        except asyncio.CancelledError:
            pass
        try:
            await asyncio.wait_for(wait(T()), 0.001)
        except TimeoutError:
            pass

    asyncio.run(main())


async def agen(t=None):
    a = T()
    try:
        b = yield T()
        await asyncio.sleep(0)
        yield b
    finally:
        c = T()


@check
def async_exhausted():
    async def main():
        async for x in agen(T()):
            pass
        xs = [x async for x in agen()]

    asyncio.run(main())


@check
def async_abandoned():
    async def main():
        async for x in agen(T()):
            break
        g = agen()
        await g.asend(None)
        del g
        await asyncio.sleep(0)

    asyncio.run(main())


@check
def async_closed_and_thrown():
    async def main():
        g = agen()
        await anext(g)
        await g.aclose()
        g = agen()
        await anext(g)
        try:
            await g.athrow(KeyError(T()))
        except KeyError:
            pass
        await anext(agen(), T())

    asyncio.run(main())


@check
def async_without_loop():
    g = agen(T())
    step = g.asend(None)
    try:
        step.send(None)
    except StopIteration as stop:
        pass
    step = g.aclose()
    try:
        step.send(None)
    except StopIteration:
        pass
    step = agen(T()).__anext__()
    step.close()


@check
def async_with():
    class Manager:
        async def __aenter__(self):
            return T()

        async def __aexit__(self, kind, value, traceback):
            self.value = value
            return True

    async def main():
        async with Manager() as a, Manager():
            raise KeyError(T())

    asyncio.run(main())


@check
def loop_in_thread():
    import threading

    def work(t):
        for x in gen(t):
            pass
        asyncio.run(sub(t))

    thread = threading.Thread(target=work, args=(T(),))
    thread.start()
    thread.join()


@check
def traced():
    events = []

    def trace(frame, event, arg):
        events.append((event, arg))
        return trace

    sys.settrace(trace)
    try:
        for x in gen(T()):
            pass
    finally:
        sys.settrace(None)
    del events


gc.collect()
print("left", T.live)
