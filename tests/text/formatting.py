"""The format mini-language, % formatting and string.Formatter on every built-in type."""
import string, datetime, decimal, fractions
ROWS = [(42, ["", "d", "5", "<5", "^5", ">5", "05", "+", " ", ",", "_", "x", "#x", "#o", "#b", "X", "c", "e", ".2f", "%", "n", "*^+7,d", "=+6", "#010x", "1_000" if False else "_b"]),
        (-3.14159, ["", ".2f", "10.3f", "+.1e", "G", "%", ",.2f", "010.2f", "<10.1f", "n", ".0f", "#.0f", "g", "=10.2f", "z.0f", "_.3f", ".10"]),
        ("text", ["", "s", "10", ">10", "^10", "*<8", ".2", "6.3", "010"]), (True, ["", "d", "5"]), (None, [""]), (2 + 3j, ["", ".1f", "+", ">12"]),
        (12345678901234567890, ["", ",", "e", "x", "_x", "30"]), ([1], [""]), (b"x", [""]), (datetime.date(2026, 3, 1), ["", "%Y/%m/%d", "%j"]), (decimal.Decimal("1234.5678"), ["", ".2f", ",", "e", "%", "+012.1f"]), (fractions.Fraction(7, 3), ["", ".3f", "+"])]
for value, specs in ROWS:
    print(repr(value), *[f"{spec!r}:{format(value, spec)!r}" for spec in specs])
BAD = [(1, "s"), (1, ".1d"), (1, "5.2x"), ("a", "d"), ("a", "+"), ("a", "=5"), (1.5, "x"), (None, "5"), ([], "d"), (1, ",,"), (1, "_,"), (1, "xx"), (1, "z"), (1, "1" * 30), ("a", ",s"), (1, "c#"), (-1, "c"), (1j, "%"), (1j, "=5"), (1, "#c"), (1, "+c"), (object(), "5"), (True, "s"), (1, ",x"), (1, "#s")]
for value, spec in BAD:
    try: print(spec, format(value, spec))
    except Exception as error: print(f"{spec!r} on {type(value).__name__}: {type(error).__name__}: {error}")
class F(string.Formatter):
    def get_value(self, key, args, kwargs): return f"<{key}>" if isinstance(key, str) else super().get_value(key, args, kwargs)
    def convert_field(self, value, conversion): return value.upper() if conversion == "u" else super().convert_field(value, conversion)
print(F().format("{0} {name} {x!u}", 1), list(string.Formatter().parse("a{b!r:c{d}}{{e")) if False else list(string.Formatter().parse("a{b!r:c}{{e")), string.capwords("hello  big world"), string.Template("$a ${b} $$ $c").safe_substitute(a=1, b=2))
for template in ("$", "${", "$1", "${a"):
    try: print(string.Template(template).substitute())
    except Exception as error: print(template, type(error).__name__, error)
for fmt, arg in (("%d", 3.9), ("%5.1f|", 2.25), ("%-10s|", "x"), ("%+d", 5), ("% d", 5), ("%#x", 255), ("%08.3f", 3.14159), ("%e", 12345.678), ("%g", 0.00001), ("%r", "q"), ("%a", "é"), ("%c", 65), ("%%", ()), ("%s", None), ("%.0f", 0.5), ("%5s", True), ("%x", -255), ("%i", 10**20), ("%o", 8), ("%X", 255), ("%G", 1e-10), ("%.3d", 5), ("%#o", 8), ("%ld", 5)):
    print(fmt, repr(fmt % arg), end="; ")
print(); print("{0:{1}} {0:{width}.{prec}f}".format(3.14159, ">8", width=10, prec=2), "{:{}{}}".format("a", "*^", 5), "{a.b[c].d}".format(a=type("A", (), {"b": {"c": type("D", (), {"d": 1})}})), "{0.__class__.__name__}".format(1), "{:%H:%M}".format(datetime.time(5, 7)))
