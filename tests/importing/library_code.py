"""Code of the standard library, looked at in every way before and after it runs."""
import json.decoder
import marshal
import os
import posixpath
import textwrap
import types

# The docstring is the first constant, also before the function has run.
f = posixpath.commonprefix
print(f.__doc__.splitlines()[0])
print(f.__code__.co_consts[0] is f.__doc__, f.__doc__ is f.__doc__)

# Names and places of code that has not run.
code = textwrap.TextWrapper._wrap_chunks.__code__
print(code.co_name, code.co_qualname, code.co_argcount, code.co_flags & 0xF, code.co_varnames[:2])
print(code.co_filename.endswith("textwrap.py"), code.co_firstlineno > 1, len(list(code.co_lines())) > 10)
print(isinstance(hash(code), int), code == code.replace(), code == code.replace(co_name="other"))
print(marshal.loads(marshal.dumps(code)) == code)
nested = [c for c in code.co_consts if isinstance(c, types.CodeType)]
print(len(nested))

# All code inside a module carries the module's file name.
def walk(code):
    yield code
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            yield from walk(c)


loader = json.decoder.__spec__.loader
module = loader.get_code("json.decoder")
print({os.path.basename(c.co_filename) for c in walk(module)})
print(sorted(c.co_qualname for c in walk(module)))
again = loader.get_code("json.decoder")
print(module == again, module is again)

# A function whose code is replaced keeps its docstring.
def mine():
    """Mine."""


def other():
    """Other."""
    return "ran"


mine.__code__ = other.__code__
print(mine.__doc__, mine())
borrowed = types.FunctionType(posixpath.normcase.__code__, vars(posixpath))
print(borrowed.__doc__ == posixpath.normcase.__doc__, borrowed("A/b"))
borrowed.__doc__ = None
print(borrowed.__doc__, posixpath.normcase.__doc__ is None)

# Generators and keyword arguments of functions that run for the first time.
print(list(textwrap.TextWrapper(width=8).wrap("some words to wrap")))
print(textwrap.indent(text="a\nb", prefix="> "))
try:
    textwrap.indent(txt="a")
except TypeError as e:
    print(e)
try:
    json.decoder.JSONDecoder().decode("[1,")
except ValueError as e:
    tb = e.__traceback__
    while tb:
        print(tb.tb_frame.f_code.co_qualname, tb.tb_lineno > 0)
        tb = tb.tb_next

# Code differs by the names that it uses.
print(compile("a", "", "eval") == compile("b", "", "eval"), compile("a", "", "eval") == compile("a", "", "eval"))
