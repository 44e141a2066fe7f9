"""Exceptions thrown into generators: their contexts, the frames they pass, and the awaitables of asynchronous generators."""
import gc
import sys
import warnings

warnings.simplefilter("ignore")


def names(frame):
    found = []
    while frame and frame.f_code.co_name != "<module>":
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def inner():
    for _ in range(2):
        try:
            yield
        except Exception:
            print(names(sys._getframe()))


def outer():
    got = yield from inner()
    print("inner is done", got)


g = outer()
g.send(None)
for _ in range(2):
    try:
        g.throw(RuntimeError)
    except StopIteration as stop:
        print("stopped", stop.value)


class Custom:
    def throw(self, *args):
        print(names(sys._getframe()), args)

    def __iter__(self):
        return self

    def __next__(self):
        return 42


def delegating(target):
    yield from target


g = delegating(Custom())
print(g.send(None), g.throw(RuntimeError))


def handling():
    try:
        raise KeyError("a")
    except KeyError:
        yield


for thrown in (ValueError, ValueError("made")):
    g = handling()
    next(g)
    try:
        g.throw(thrown)
    except ValueError as error:
        print(repr(error), repr(error.__context__))


class Bad(Exception):
    def __new__(cls, *args):
        return cls


g = handling()
next(g)
try:
    g.throw(Bad)
except TypeError as error:
    print(str(error)[:40], repr(error.__context__))
print(list(g))


class Waits:
    def __await__(self):
        return (yield "waiting")


async def numbers():
    try:
        while True:
            try:
                await Waits()
                yield 1
            except LookupError as error:
                print("inside", repr(error))
                yield 2
    finally:
        print("finally")


def step(label, action):
    try:
        print(label, "gave", action())
    except BaseException as error:
        print(label, type(error).__name__, error)


a = numbers()
s = a.asend(None)
step("send", lambda: s.send(None))
t = a.athrow(KeyError)
step("throw while running", lambda: t.send(None))
step("reused", lambda: t.send(None))
step("throw while running", lambda: a.athrow(KeyError).throw(KeyError))
step("close while running", lambda: a.aclose().send(None))
step("next while running", lambda: a.__anext__().throw(KeyError))
step("go on", lambda: s.send(None))
step("reused", lambda: s.send(None))
step("reused", lambda: s.throw(KeyError))
step("athrow", lambda: a.athrow(KeyError("k")).send(None))
step("with a value", lambda: a.athrow(KeyError("k")).send(5))
c = a.aclose()
step("aclose", lambda: c.send(None))
step("aclose again", lambda: c.send(None))
step("closed", lambda: a.aclose().send(None))
step("athrow closed", lambda: a.athrow(KeyError).send(None))
step("asend closed", lambda: a.asend(1).send(None))
step("close", lambda: a.asend(1).close())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for make in (lambda: numbers().asend(1), lambda: numbers().athrow(KeyError), lambda: numbers().aclose(), lambda: numbers().__anext__()):
        make()
        gc.collect()
    print(sorted(str(w.message) for w in caught))


def finishing():
    try:
        yield
    finally:
        pass


async def awaited():
    pass


def throw_while_handling(make, thrown):
    g = make()
    if make is not awaited:
        next(g)
    try:
        1 / 0
    except ZeroDivisionError:
        try:
            g.throw(thrown)
        except ValueError as error:
            print(repr(error), repr(error.__context__))


throw_while_handling(finishing, ValueError)
throw_while_handling(finishing, ValueError("made"))
throw_while_handling(handling, ValueError("made"))
throw_while_handling(awaited, ValueError)
