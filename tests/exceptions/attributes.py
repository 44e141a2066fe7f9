"""Attributes and constructors of exception classes, and what they refuse."""


def show(label, action):
    try:
        print(label, "->", action())
    except BaseException as e:
        print(label, "->", type(e).__name__, e)


def assign(o, name, value):
    return lambda: setattr(o, name, value)


def delete(o, name):
    return lambda: delattr(o, name)


e = ValueError(1)
for name in "args __traceback__ __context__ __cause__ __suppress_context__".split():
    show("set " + name, assign(e, name, 3))
    show("delete " + name, delete(e, name))
show("note", lambda: e.add_note(3))
for cls in ValueError, ImportError, NameError, AttributeError, OSError, SyntaxError, StopIteration, SystemExit:
    show(cls.__name__, lambda: cls(a=1))
show("state", lambda: e.__setstate__(3))
show("reduce", lambda: ValueError(1).__reduce__())
show("reduce with dict", lambda: (v := ValueError(1), setattr(v, "x", 1), v.__reduce__())[2])
e.args = [1, 2]
print(repr(e), str(e), e.args)
print(repr(KeyError("")), str(KeyError("")), str(KeyError(1, 2)))

# SyntaxError
for details in (), (1, 2, 3, 4, 5), 5, (1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 5, 6, 7), ("/a/b.py", 2, 3, "text"):
    show("SyntaxError", lambda: SyntaxError("a", details))

# Unicode errors
show("decode", lambda: UnicodeDecodeError())
show("decode", lambda: UnicodeDecodeError("a", "b", 1, 2, "x"))
show("decode", lambda: UnicodeDecodeError("a", b"", "s", 2, "x"))
show("encode", lambda: UnicodeEncodeError(1, "", 1, 2, "x"))
show("translate", lambda: UnicodeTranslateError("", 1, 2))
show("translate", lambda: UnicodeTranslateError("", 1.5, 2, ""))
u = UnicodeDecodeError("a", b"abc", 1, 2, "x")
print(u)
show("start", assign(u, "start", "x"))
show("start", delete(u, "start"))
u.start, u.end = -5, 100
print(u.start, u.end, u)
u.encoding = 5
print(u)
del u.object
print(repr(str(u)))
print(UnicodeEncodeError("ascii", "a\ud800b", 1, 2, "why"), UnicodeEncodeError("ascii", "\U0001f600", 0, 1, "why"))
print(UnicodeTranslateError("\xe9bc", 0, 1, "why"), UnicodeTranslateError("\xe9bc", 0, 3, "why"))
print(UnicodeDecodeError.__new__(UnicodeDecodeError).start)

# OSError
o = OSError(2, "x", "f")
print(type(o).__name__, o.errno, o.strerror, o.filename, o.filename2, o, repr(o))
show("written", lambda: o.characters_written)
show("written", assign(o, "characters_written", "x"))
o.characters_written = 3
print(o.characters_written)
del o.characters_written
show("written", delete(o, "characters_written"))
print(BlockingIOError(11, "x", "z"), BlockingIOError(11, "x", 5).args, BlockingIOError(11, "x", 5).characters_written)
print(OSError(2, "a", "b", None, "c"), OSError(2, "a", "b", None, "c").__reduce__())
print(repr(OSError(2, "a", "b", None, "c", 5)), OSError("only"), OSError(2, "a").args)
for n in 1, 2, 3, 4, 10, 11, 13, 17, 20, 21, 32, 103, 104, 108, 110, 111, 114, 115:
    print(n, type(OSError(n, "")).__name__, end=" ")
print()


class NoInit(OSError):
    def __init__(self, *args):
        pass


class OwnNew(OSError):
    def __new__(cls, *args):
        return OSError.__new__(cls, *args)


class OwnInit(OSError):
    def __init__(self, *args, extra=None):
        OSError.__init__(self, *args)
        self.extra = extra


for cls in NoInit, OwnNew, OwnInit:
    made = cls(2, "x")
    print(cls.__name__, made.errno, made.args, type(made).__name__)
print(OwnInit(2, "x", extra=5).extra)

# Others
print(AttributeError("a", name="x", obj=3).__reduce__(), AttributeError().__reduce__())
print(ImportError("a", name="b").__reduce__(), ImportError("a").__reduce__(), ImportError("a", path="p").path)
print(StopIteration().value, StopIteration(1, 2).value, SystemExit().code, SystemExit(3).code, SystemExit(1, 2).code)

# Layouts
for bases in (OSError, SyntaxError), (StopIteration, SystemExit), (OSError, ValueError), (BlockingIOError, UnicodeError), (NameError, AttributeError), (KeyError, AttributeError):
    show("+".join(b.__name__ for b in bases), lambda: type("Both", bases, {}).__base__.__name__)
