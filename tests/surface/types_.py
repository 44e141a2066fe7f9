"""What is visible of the types that no module names equals CPython's."""
import os
import sys
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
import surface


def generator():
    yield


async def coroutine():
    pass


async def async_generator():
    yield


def closure(x):
    return lambda: x


class Slots:
    __slots__ = ("member",)


c, a = coroutine(), async_generator()
objects = [generator, generator(), generator.__code__, c, c.__await__(), a, closure(1).__closure__[0], len, int.__add__, (1).__add__, list.append,
           dict.__dict__["fromkeys"], types.FunctionType.__code__, Slots.member, Slots().__init__, types, types.SimpleNamespace(), type.__dict__,
           iter([]), iter(()), iter({}), iter(set()), iter(""), iter("\u1234"), iter(b""), iter(bytearray()), iter(range(0)), iter(range(2**70)),
           reversed([]), iter({}.values()), iter({}.items()), reversed({}), reversed({}.values()), reversed({}.items()), {}.keys(), {}.values(),
           {}.items(), iter(memoryview(b"")), iter(int, 1), list[int], int | str, sys._getframe(), None, NotImplemented, ..., iter(list[int]),
           closure.__get__(1)]
for x in objects:
    surface.show_type(type(x))
c.close()
try:
    1 / 0
except ZeroDivisionError as e:
    surface.show_type(type(e.__traceback__))
