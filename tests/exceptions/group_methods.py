"""Constructors, repr, split and subgroup of exception groups."""

import collections


def show(action):
    try:
        print(action())
    except BaseException as e:
        print(type(e).__name__, e)


for args in (), (1, 2), ("a", 2), ("a", []), ("a", [1]), ("a", {1: 2}):
    show(lambda: BaseExceptionGroup(*args))
show(lambda: ExceptionGroup("a", [KeyboardInterrupt()]))
show(lambda: ExceptionGroup("a", [ValueError()], x=1))
show(lambda: type(BaseExceptionGroup("a", [ValueError()])).__name__)
show(lambda: type(BaseExceptionGroup("a", [KeyboardInterrupt()])).__name__)


class Own(ExceptionGroup):
    def derive(self, excs):
        return Own(self.message, excs)


class Odd(ExceptionGroup):
    def derive(self, excs):
        return 42


show(lambda: Own("a", [KeyboardInterrupt()]))
members = [ValueError(1)]
g = ExceptionGroup("m", members)
members.append(3)
print(repr(g), g)
print(repr(ExceptionGroup("m", tuple(members[:1]))), repr(ExceptionGroup("m", collections.deque(members[:1]))))
for name in "message", "exceptions":
    show(lambda: setattr(g, name, 1))
show(lambda: g.split())
for matcher in 1, (1,), int, None:
    show(lambda: g.split(matcher))
show(lambda: g.derive(3))
print(ExceptionGroup[int], ExceptionGroup.__mro__)

tree = ExceptionGroup("root", [ValueError(1), ExceptionGroup("leaf", [TypeError(2), ValueError(3)]), KeyError(4)])
tree.add_note("noted")
tree.__cause__ = OSError()
print(tree.split(ValueError))
print(tree.split((ValueError, TypeError)))
print(tree.split(lambda e: isinstance(e, KeyError)))
print(tree.subgroup(ValueError), tree.subgroup(OSError), tree.subgroup(ExceptionGroup) is tree)
part = tree.subgroup(ValueError)
print(part.__notes__, part.__notes__ is tree.__notes__, repr(part.__cause__), part.__suppress_context__)
print(repr(Own("o", [ValueError(1), TypeError(2)]).split(TypeError)))
show(lambda: Odd("o", [ValueError(1), TypeError(2)]).split(TypeError))


def star(exc):
    try:
        try:
            raise exc
        except* ValueError as group:
            print("values", repr(group))
        except* TypeError as group:
            print("types", repr(group))
            raise KeyError("new")
    except BaseException as rest:
        print("rest", repr(rest), repr(rest.__context__))


star(ValueError(1))
star(TypeError(1))
star(OSError(1))
star(ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)]))
star(ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [ValueError(2)])]))
