# args: -OO {file}
"""Docstrings and asserts are gone under -OO."""
import sys
def f():
    "doc"
    assert False, "never checked"
    return __debug__
class C:
    "class doc"
print(f(), f.__doc__, C.__doc__, __doc__, sys.flags.optimize)
if __debug__: print("not printed")
print(compile("assert 0", "x", "exec", optimize=0).co_code != compile("assert 0", "x", "exec").co_code, eval(compile("__debug__", "x", "eval", optimize=0)))
