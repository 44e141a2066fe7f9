"""Attributes of code objects are made once; equal constants and names of one compilation are one object."""
import marshal

ns = {}
code = compile('''
def f(a, b=1.5e300, *c):
    x = ("a b", 10**20, b"bytes", (1, 2.5e300))
    return x, [d for d in a], lambda: a
def g():
    return ("a b", 10**20, b"bytes", (1, 2.5e300)), "a b", 2.5e300, -0.0, 0.0
''', "my file", "exec")
exec(code, ns)
f, g = ns["f"].__code__, ns["g"].__code__
for name in ("co_varnames", "co_cellvars", "co_freevars", "co_names", "co_consts", "co_code", "co_linetable", "co_exceptiontable", "co_filename"):
    print(name, getattr(f, name) is getattr(f, name))
print(f.co_filename is g.co_filename, f.co_filename is code.co_filename)
one, two = ns["f"]([1])[0], ns["g"]()
print(one is two[0], one[0] is two[1], one[3][1] is two[2], two[3:])
again = marshal.loads(marshal.dumps(code))
print(again.co_filename, all(c.co_filename is again.co_filename for c in again.co_consts if hasattr(c, "co_code")))
try:
    f.replace(co_nam="x")
except TypeError as error:
    print(error)
for text, nested in ((b"\xa8\x01\x00\x00\x00[\x01\x00\x00\x00r\x00\x00\x00\x00", 0), (b"\xa8\x01\x00\x00\x00{Nr\x00\x00\x00\x000", None), (b"\xa8\x01\x00\x00\x00r\x00\x00\x00\x00", 0)):
    loop = marshal.loads(text)
    print(type(loop).__name__, type(loop[0]).__name__, loop[0][nested] is loop, loop)
    copy = marshal.loads(marshal.dumps(loop))
    print(copy[0][nested] is copy)
for loop in (slice([], None), slice(None, []), f.replace(co_consts=([],))):
    inside = next(x for x in ([loop.start, loop.stop] if isinstance(loop, slice) else loop.co_consts) if x is not None)
    inside.append(loop)
    try:
        marshal.dumps(loop)
    except ValueError as error:
        print(error)
    inside.clear()


def annotated(x: int) -> str:
    def nested(y: x): pass
    return nested


class Annotated:
    z: int
    def method(self, w: int): pass


for o in (annotated, annotated(1), Annotated, Annotated.method):
    print(o.__annotate__.__qualname__)
