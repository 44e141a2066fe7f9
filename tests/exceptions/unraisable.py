"""sys.unraisablehook and exceptions in finalisers and callbacks."""

import re
import sys
import weakref


class Out:
    def write(self, text):
        sys.__stdout__.write(re.sub(r"0x[0-9a-f]+", "0x...", re.sub(r'File ".*/', 'File "', text)))

    def flush(self):
        pass


sys.stderr = Out()


class A:
    def __del__(self):
        1 / 0


class Bad(Exception):
    def __str__(self):
        1 / 0


class B:
    def __del__(self):
        raise Bad


def generator():
    try:
        yield
    finally:
        raise ValueError("closing")


def callback(ref):
    raise KeyError(ref is not None)


a = A()
del a
a = B()
del a
g = generator()
next(g)
del g


class Plain:
    pass


a = Plain()
r = weakref.ref(a, callback)
del a


def hook(args):
    print(type(args).__name__, args.exc_type, args.exc_value, args.err_msg[:35], args.object, len(args))
    raise OSError("in the hook")


sys.unraisablehook = hook
a = A()
del a
sys.unraisablehook = sys.__unraisablehook__
try:
    sys.unraisablehook(3)
except TypeError as e:
    print(e)
