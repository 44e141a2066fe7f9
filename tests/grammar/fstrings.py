"""f-strings and template strings as of PEP 701 and 750."""
import datetime
name, value, width = "Ann", 3.14159, 10
print(f"{name} {name!r:>8} {value:.2f} {value:{width}.{1 + 1}f} {{}} {'nested ' + f'{name}'}")
print(f"{value=} {value = } {value=:.1f} {name=!s} {1 + 1 = }")
print(f"{'quote'!r} {"same quotes"} {name[0]} {(lambda x: x * 2)(4)} {[c for c in "ab"]} { {'k': 1}['k'] }")
print(f"""multi {
    name  # a comment
} line {value
:.3f}""")
print(rf"\d{name}\n", f"\N{SNOWMAN} \x41 \u00e9 {'\n'.join(["a", "b"])}")
print(f"{datetime.date(2026, 3, 1):%d.%m.%Y} {255:#x} {1234567:,} {0.25:.0%} {'x':*^5} {True:d} {None}")
print(f"{f"{f"{1}"}"}", f"{1 if True else 2}", f"{(a := 5)} {a}", f"{value!s:5.3}|", f"{'a' 'b'}")
class F:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "F()"
    def __str__(self): return "str"
print(f"{F()} {F():abc} {F()!r} {F()!s} {F()!a} {F()=} {F():{'x' * 3}}")
for source in ["f'{}'", "f'{a b}'", "f'{'", "f'}'", "f'{a!x}'", "f'{a!}'", "f'{a:{b:{c:{d}}}}'", "f'{*a}'", "f'{yield}'", "f'{a!r:{'", "f'{lambda x: 1}'", "f'{a $ b}'", "f'{=}'", "f'{a!s s}'", 'f"{1:"', "t'{}'", "f'{a' 'b'", "f'{#}'"]:
    try:
        compile(source, "<f>", "eval")
        print(source, "compiles")
    except SyntaxError as error:
        print(source, "->", error.msg, error.offset)
t = t"Hello {name!r:>{width}} and {value = }!"
print(type(t), t.strings, t.values)
for part in t:
    print(part if isinstance(part, str) else (part.value, part.expression, part.conversion, part.format_spec))
print(t.interpolations[0], (t"a" + t"b").strings, t"{1}{2}".strings)
try:
    "x" + t"y"
except TypeError as error:
    print(error)
try:
    f"{value:d}"
except ValueError as error:
    print(error)
