"""Carets under the part of the line that failed, for many kinds of expression."""
import traceback
def f(*args, **kw): raise ValueError("from f")
class O:
    attr = None
    def __getitem__(self, key): raise KeyError(key)
    def __add__(self, other): raise TypeError("no add")
    def __enter__(self): raise OSError("no enter")
    def __exit__(self, *a): pass
    def __iter__(self): raise RuntimeError("no iter")
    def __bool__(self): raise ArithmeticError("no bool")
    def __set__(self, *a): pass
o = O()
CASES = [
    "x = 1 + o.attr.missing + 2", "f(1, 2)", "y = [f(i) for i in range(3)]", "o[1]", "z = (o + 1) * 2", "a, b = 1, 2, 3", "with o: pass",
    "for i in o: pass", "if o: pass", "o.attr.x.y = 1", "del o.nothing", "print(f'{o[3]} text')", "assert o.attr is not None, 'message'",
    "x = not_defined + 1", "x = (1 +\n     2 / 0 +\n     3)", "lambda_ = (lambda: 1 / 0)()", "import not_a_module", "from os import not_a_name",
    "raise ValueError('é' * 3) from None", "(f)(\n  1,\n  2,\n)", "x = {'k': o['key']}", "u = 'ünïcödé'; v = 5 / 0", "1 if o else 2", "o.attr()", "not o", "x = -'a'",
    "o < 1", "'a' in 5", "x = o['a']['b']['c']", "class C(f()): pass", "@f\ndef g(): pass", "x = 1; x += 'a'", "return_ = yield_ = f()[0].x", "print(1, *5)",
]
for source in CASES:
    try:
        exec(compile(source, f"<case>", "exec"), {"o": o, "f": f})
    except Exception as error:
        import linecache
        linecache.cache["<case>"] = (len(source), None, source.splitlines(True), "<case>")
        tb = error.__traceback__.tb_next
        print("".join(traceback.format_exception(error.with_traceback(tb))).replace(__file__, "FILE"), end="")
        linecache.cache.clear()
