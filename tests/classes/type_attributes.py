"""Attributes of classes that may and may not be set."""
import re


def t(f):
    try:
        print(re.sub("0x[0-9a-f]+", "0x", repr(f())))
    except BaseException as e:
        print(type(e).__name__, re.sub("0x[0-9a-f]+", "0x", str(e)))


def f2(s, a, b):
    match s:
        case [1, aa, *_] if a < b <= 300:
            return (lambda v61: None)
        case 5:
            b
        case _:
            b
    yield 1
