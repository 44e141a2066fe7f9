# Methods that have a way of their own for each width of text.
import json
import re
import sys
import unicodedata

TEXTS = [
    "", "a", "The quick\tbrown  FOX", "héllo WÖRLD", "µ", "aµÿß", "ÿ", "ß maß", "ªº ×÷ Þþ", "ÀÉ\tî", "日本語 テキスト",
    "日本 ǆ Ǆ ŉ", "ΑΣ ΣΑΣ.", "日Σ", "K\u212a\u0130", "ﬀ ΐ", "😀 𐐀𐐨 é", "\ud800a\udfff", "x" * 40 + "É", "x" * 31 + "ß" + "Y" * 33,
]


class Text(str):
    pass


def shown(f):
    try:
        return ascii(f())
    except Exception as e:
        return type(e).__name__ + ": " + ascii(str(e))


print("-- case")
for s in TEXTS:
    print([ascii(getattr(s, m)()) for m in "upper lower title capitalize swapcase casefold".split()])
for m in "upper lower title capitalize swapcase casefold".split():
    made = "".join(getattr("a" + chr(c), m)() + getattr(chr(c), m)() for c in range(256))
    print(m, len(made), sum(i * ord(c) for i, c in enumerate(made)))
for m in "isalpha isalnum isdigit isspace isprintable isnumeric isdecimal".split():
    print(m, [int(getattr(s, m)()) for s in TEXTS])

print("-- encode")
for s in TEXTS:
    for e in "utf-8", "UTF_16", "utf-16-be", "utf-32", "latin-1", "ascii":
        b = s.encode(e, "surrogatepass" if e.lower().startswith("utf") else "replace")
        print(b.hex(), end=" ")
    print(shown(lambda: s.encode("utf-16")), shown(lambda: s.encode()), shown(lambda: s.encode("latin1")))
print(shown(lambda: b"a\xe9".decode("latin-1")), shown(lambda: b"a\xe9".decode("ascii")), shown(lambda: b"a\0\xe9".decode("utf-16")))

print("-- replace and find")
for s in TEXTS:
    for a, b in ("o", "0"), ("é", "e"), ("ö", "日"), ("日", "a"), ("日", "月"), ("😀", "é"), ("x", "É"), ("É", "x"), ("ス", ""), ("𐐀", "x"):
        print(ascii(s.replace(a, b)), ascii(s.replace(a, b, 1)), s.find(a), s.rfind(a), s.count(a), a in s, end=" ")
    print(s[:] is s.replace("\x07", "b"), ascii(s.expandtabs(4)), type(Text(s).expandtabs()).__name__, type(Text(s).upper()).__name__)

print("-- slices")
for s in TEXTS:
    for key in slice(None, None, -1), slice(None, None, 2), slice(-2, None, -2), slice(5, 1, -1), slice(1, None, 3), slice(9, 3):
        print(ascii(s[key]), s.encode("utf-8", "surrogatepass")[key], end=" ")
    print()


class Asked:
    def __init__(self, table):
        self.table, self.asked = table, []

    def __getitem__(self, key):
        self.asked.append(key)
        return self.table[key]


class Next(dict):
    def __missing__(self, key):
        return key + 1


print("-- translate")
TABLES = [
    {111: 48}, {97: None, 120: "y"}, {97: "é"}, {97: "yes", 32: ""}, {0xE9: 101, 0xF6: "oe"}, {0x65E5: 97, 0x672C: None}, {120: 0x1F600},
    {97: True}, {97: -1}, {97: 0x110000}, {97: 1.5}, {97: b"x"},
]
for table in TABLES:
    for s in *TEXTS, "banana abba":
        asked = Asked(table)
        print(shown(lambda: s.translate(table)), shown(lambda: s.translate(asked)) == shown(lambda: s.translate(table)), asked.asked[:12], end=" ")
    print()
print(shown(lambda: "HAL é".translate(Next())), shown(lambda: "abc".translate("xyz")), shown(lambda: "\0\1\2\3".translate("xyz")))
print(re.escape("a.b c*é\n"), re.escape("日-本"))

print("-- quoting")
for s in TEXTS:
    print(ascii(s), ascii([s]), json.dumps(s), ascii(json.dumps(s, ensure_ascii=False)))
print(json.dumps("\x00\x1f\"\\\b\f\n\r\t\x7f"), json.dumps("é\x00\x1f\"\\\b\f\n\r\t\x7f"), ascii("é\n\\'\""))

print("-- bytes")
for b in b"", b"a", bytes(range(0, 256, 7)), b"  the quick\tfox  ":
    for o in b, bytearray(b), memoryview(b):
        print(o.hex(), o.hex("-"), o.hex(":", 3), o.hex(":", -2), o.hex("-", 0), bytes(o) == b, bytearray(o) == b, list(o) == list(b), bytes(memoryview(o)[::2]))
    for o in b, bytearray(b):
        print(o.split(), o.split(b"q"), o.rsplit(None, 1), o.partition(b"u"), o.splitlines(), o.replace(b"e", b"E"), o.replace(b"e", b"E", 1), o.strip(), o.replace(b"\x07", b""))
for item in [1, 2, 3], (4, 5), [1, 256], (1, -1), [1, "a"], [True, 2**70], 3, 0, -1, True, 2**70, None, 1.5, "a", range(3):
    print(shown(lambda: bytes(item)), shown(lambda: bytearray(item)))


class Growing:
    def __init__(self, items):
        self.items = items

    def __index__(self):
        if len(self.items) < 6:
            self.items.append(9)
        return 7


items = [1, 2]
items[1:] = [Growing(items), 3]
print(bytes(items))

print("-- items")
for s in *TEXTS, b"", b"abc":
    print(ascii(list(s)), ascii(tuple(s)), ascii(sorted(s)), len(set(s)), ascii([*s]) == ascii(list(s)), sys.getsizeof(list(s)) - sys.getsizeof([]))
some = [1]
some += "ab"
some.extend(b"c")
some[1:1] = "é日"
print(some, " ".join(["a", "bb", "ccc", "dddd", "e" * 5, "f" * 8, "g" * 9, "h" * 40]), ascii("é".join(["a", "bb", "日"])))

print("-- names")
for name in "BULLET", "bullet", "LATIN SMALL LETTER GHA", "LINE FEED", "BULLET ", "BULLE", "CJK UNIFIED IDEOGRAPH-4E00", "hangul syllable gag", "A" * 256, "A" * 257:
    print(shown(lambda: unicodedata.lookup(name)))
print(all(unicodedata.lookup(unicodedata.name(chr(c))) == chr(c) for c in range(0x20, 0x2000) if unicodedata.name(chr(c), None)))

print("-- sizes")
for n in sys.maxsize, sys.maxsize - 64:
    print(shown(lambda: bytes(n)), shown(lambda: bytearray(n)))
view = memoryview(b"abcdef")
print(bytes(view[::2]), bytes(view[::-1]), bytes(view.cast("H")), bytes(view.cast("B", [2, 3])), view.cast("B", [2, 3]).shape, view[1:4].tolist(), view[4:1:-2].strides)
view.release()
print(shown(lambda: bytes(view)), shown(lambda: bytearray(view)))
print(sorted(["b", "a\0", "a", "abcdefgh", "abcdefgh\0", "abcdefg", "abcdefghi", "", "\0", "é", "abcdefghé"]), sorted("a é日b"), sorted(["bb", "B", "ba"], key=str.lower, reverse=True))
