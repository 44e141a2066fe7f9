"""Operands that an exception leaves behind are destroyed while it goes on; destructors may look around, raise and collect."""
import gc
import sys


class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        print("dies", self.name, "in", frame.f_code.co_name, "handling", sys.exception())
        gc.collect()
        try:
            raise KeyError(self.name)
        except KeyError:
            pass


def fail(*args):
    raise ValueError("from the call")


def operands():
    return [Dying("first"), Dying("second"), fail(Dying("third"))]


def caught():
    for item in [Dying("in list")]:
        try:
            (Dying("a"), Dying("b"), 1 / 0)
        except ZeroDivisionError as error:
            print("caught", error, error.__context__)
        print("after", item.name)


def nested():
    try:
        try:
            print({Dying("key"): fail()})
        finally:
            print("finally", sys.exception())
    except ValueError as error:
        print("outer", error)


try:
    operands()
except ValueError as error:
    print("left", error)
caught()
nested()


def generator():
    yield (Dying("held"), (yield 1), fail())


g = generator()
print(next(g))
try:
    g.send(2)
except ValueError as error:
    print("generator", error)
try:
    next(g)
except StopIteration:
    print("done")
