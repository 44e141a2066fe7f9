"""asyncio's futures and tasks: states, errors, callbacks, cancellation, names, contexts, what loops know, bad yields."""
import asyncio, contextvars, gc, sys, weakref
from asyncio import Future, Task

def show(f):
    try: print(repr(f()))
    except BaseException as error: print(type(error).__name__, error)

def quiet(loop): loop.set_exception_handler(lambda loop, context: print("handler:", context["message"], repr(context.get("exception"))))

def uninitialized():
    new = lambda: Future.__new__(Future)
    for f in (lambda: new().result(), lambda: new().exception(), lambda: new().set_result(1), lambda: new().cancel(), lambda: new().add_done_callback(1), lambda: new().get_loop(), lambda: new()._loop,
              lambda: new().remove_done_callback(1), lambda: new()._callbacks, lambda: new().__await__(), lambda: new()._state, lambda: new().done(), lambda: new()._asyncio_future_blocking,
              lambda: Task.__new__(Task).get_name(), lambda: Task.__new__(Task).get_coro(), lambda: Task.__new__(Task).cancelling()): show(f)

def futures(loop):
    f = Future(loop=loop); log = []
    for g in (f.result, f.exception, lambda: f._callbacks, lambda: f._state, lambda: Future(5), lambda: Future(x=1), lambda: f.add_done_callback(1, 2), lambda: f.add_done_callback(log.append, context=None), lambda: f._callbacks == [(log.append, None)],
              lambda: f.set_exception(5), lambda: f.set_exception(int), lambda: f.remove_done_callback(log.append), lambda: f.remove_done_callback(log.append), lambda: f._callbacks): show(g)
    f.add_done_callback(log.append); f.add_done_callback(lambda f: log.append("second"))
    f.set_exception(ValueError("bad"))
    for g in (lambda: f.set_result(1), lambda: f._exception, lambda: f._log_traceback, lambda: setattr(f, "_log_traceback", True), lambda: delattr(f, "_log_traceback"), lambda: setattr(f, "_state", 1), f.result, lambda: f._log_traceback, f.exception, f.cancel, f.done, f.cancelled): show(g)
    loop.run_until_complete(asyncio.sleep(0)); print(log[0] is f, log[1:])
    c = Future(loop=loop); print(c.cancel("why"), c.cancel(), c.cancelled(), c._cancel_message, repr(c._make_cancelled_error()))
    show(c.result); show(c.exception)
    s = Future(loop=loop); s.set_exception(StopIteration); show(s.result); print(repr(s.exception().__cause__))
    it = iter(Future(loop=loop)); fut = it.send(None); print(fut._asyncio_future_blocking); show(lambda: next(it)); fut.set_result("r")
    try: next(it)
    except StopIteration as stop: print("stop", stop.value)
    show(lambda: iter(fut).throw(KeyError("k"))); show(lambda: iter(fut).close()); show(lambda: next(iter(Future(loop=loop))) and None)
    lost = Future(loop=loop); lost.set_exception(ZeroDivisionError("lost")); del lost; gc.collect()
    print(Future[int], repr(Future(loop=loop)), weakref.ref(fut)() is fut)

async def tasks(loop):
    var = contextvars.ContextVar("var", default="unset")
    async def named(): var.set("inner"); await asyncio.sleep(0); return asyncio.current_task().get_name(), var.get()
    t = Task(named(), loop=loop, name="n"); print(await t, var.get(), t.get_context()[var], t.get_coro() is not None, t.done())
    context = contextvars.copy_context(); await loop.create_task(named(), context=context); print(context[var])
    t = asyncio.create_task(named()); print(t.get_name().startswith("Task-")); t.set_name(5); print(t.get_name(), await t)
    for f in (lambda: Task(5, loop=loop), Task, lambda: t.set_result(1), lambda: t.set_exception(1), lambda: t.cancelling(), lambda: t.uncancel(), lambda: t._must_cancel, lambda: t._fut_waiter): show(f)
    async def stubborn():
        for _ in range(2):
            try: await asyncio.sleep(10)
            except asyncio.CancelledError as error: print("caught", repr(error), asyncio.current_task().cancelling(), asyncio.current_task().uncancel())
        await asyncio.sleep(10)
    t = asyncio.create_task(stubborn())
    for message in ("one", "two", "three"):
        await asyncio.sleep(0); print(t.cancel(message), t._must_cancel)
    try: await t
    except asyncio.CancelledError as error: print("cancelled", repr(error), t.cancelled(), t.cancel())
    class Odd:
        def __init__(self, what): self.what = what
        def __await__(self): return (yield self.what)
    async def odd(what): return await Odd(what)
    other = asyncio.new_event_loop()
    for what in (5, (i for i in ()), loop.create_future(), None):
        try: print(await odd_task(odd(what)))
        except RuntimeError as error: print(str(error).split(" in ")[0].split(":")[0], type(error).__name__)
    async def foreign(): await Future(loop=other)
    try: await odd_task(foreign())
    except RuntimeError as error: print("attached" in str(error))
    async def itself(): await asyncio.current_task()
    try: await odd_task(itself())
    except RuntimeError as error: print(str(error).split(":")[0])
    other.close()
    class Mine(Future): pass
    class Sub(Task):
        def cancel(self, msg=None): print("sub cancel", msg); return super().cancel(msg)
    async def wait_on(f): return await f
    f = Mine(loop=loop); s = Sub(wait_on(f), loop=loop); outer = asyncio.create_task(wait_on(s)); await asyncio.sleep(0); await asyncio.sleep(0)
    print(f._asyncio_awaited_by == {s}, s._asyncio_awaited_by == {outer}, s._fut_waiter is f, outer._asyncio_awaited_by, asyncio.all_tasks() == {asyncio.current_task(), s, outer})
    outer.cancel("pass it on")
    print(await asyncio.gather(outer, s, return_exceptions=True), f.cancelled(), asyncio.all_tasks() == {asyncio.current_task()})
    async def stops(): raise SystemExit(3)
    print(asyncio.current_task(loop) is asyncio.current_task(), asyncio.get_event_loop() is loop)
    eager = Task(named(), loop=loop, eager_start=True); print(eager.done(), (await eager)[1])
    async def at_once(): return 7
    eager = Task(at_once(), loop=loop, eager_start=True); print(eager.done(), eager.result(), eager.get_coro())

def odd_task(coro): return asyncio.ensure_future(coro)

def registry(loop):
    import _asyncio as a
    for f in (lambda: a._enter_task(1, 2), lambda: a._leave_task(1, 5), a.current_task, lambda: a.current_task(1), a.get_running_loop, a._get_running_loop, lambda: a._swap_current_task(1, 2), a.all_tasks, lambda: a.all_tasks(1), lambda: a._register_task(5), lambda: a.future_add_to_awaited_by(1, 2)): show(f)
    a._set_running_loop(loop)
    for f in (lambda: a._enter_task(loop, "t"), lambda: a._enter_task(loop, "u"), lambda: a.current_task(), lambda: a._leave_task(loop, "u"), lambda: a._swap_current_task(loop, "v"), lambda: a._leave_task(loop, "v"), a.current_task, lambda: a.get_running_loop() is loop): print(end=""); show(lambda: str(f()).replace(repr(loop), "LOOP"))
    a._set_running_loop(None)

loop = asyncio.new_event_loop(); quiet(loop)
uninitialized(); futures(loop); loop.run_until_complete(tasks(loop)); registry(loop)
async def never(): await asyncio.Event().wait()
pending = loop.create_task(never()); loop.run_until_complete(asyncio.sleep(0)); del pending; gc.collect()
async def exits(): raise SystemExit(3)
show(lambda: loop.run_until_complete(exits()))
loop.close()
