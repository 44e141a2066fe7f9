"""Writes tests/data/{format,percent,int}.txt: questions and CPython 3.14's answers, one per line, fields separated by tabs.

Usage: python3.14 crates/text/tools/record_formats.py
"""
import os
import random
import struct

OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "data")
rng = random.Random(271)


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", x))


def hexed(s):
    return s.encode("utf-8").hex()


def attempt(f):
    try:
        return "=" + hexed(f())
    except (ValueError, OverflowError, TypeError, MemoryError) as e:
        return "!" + type(e).__name__ + ": " + hexed(str(e))


def pick(p, items):
    return rng.choice(items) if rng.random() < p else ""


def spec(codes):
    s = pick(0.3, ["<", ">", "^", "=", "*<", "x>", "0=", "\u20ac^", "\U0001f600>", "{=", "0<", " ^"])
    s += pick(0.2, "+- ") + pick(0.1, "z") + pick(0.15, "#") + pick(0.2, "0") + pick(0.5, ["1", "5", "10", "17", "24", "33"])
    s += pick(0.25, [",", "_", ",", "_", ",_", "_,", ",,"])
    if rng.random() < 0.4:
        s += "." + pick(0.9, ["0", "1", "2", "3", "6", "12", "25"]) + pick(0.2, [",", "_", ",_"])
    return s + pick(0.7, codes) + pick(0.03, ["\n", "d", "\xe9"])


INTS = [0, 1, -1, 5, 255, -255, 65, 1234, -98765, 1234567, 0xdeadbeef, 10**18, -2**63, 2**64, -10**25, 12345678901234567890123456789, 0x10ffff, 0x110000, 10**400]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.5, 123456.789, -0.0001, 1e10, 1e16, 1e-5, 1.5e300, 12345678.9, 99999.95, 0.1, float("nan"), float("inf"), float("-inf"), -1e-300, 1234.5, 123456789.123456789]
STRINGS = ["", "a", "abc", "h\xe9llo", "\u20acuro", "\U0001f600x", "long string here"]
FIXED = ["", "+", " ", "-", "z", "#", "=5", "05", "<05", ",", "_", ".", ".3", ".3,", "n", "s5", ".99999999999999999999", "99999999999999999999", "\u0663", ".,", "5,s", "xs\n",
         "\xe9", "\x01", "z,", "__", "_x", ",x", ",n", "_n", ".3,n", ".,f", "._f", "+#c", "c", "020._f", "025,._f", ".9_e", "._g", ".5_n", ".,,f", ".3_,f", "012,", "=+12,",
         "010,", "012,.3f", "9223372036854775808", ".9223372036854775808f", ".2147483647f", "{<5", "<<5", "<^5", "=<5", "00005", "^05", "  <5", ",_", "_,", "8c", "<8c", "^8c", ",c", "#_b", "#020_x", "#030,d"]


def format_lines():
    for s in FIXED + [spec("bcdoxXneEfFgG%s") for _ in range(900)]:
        v = rng.choice(INTS)
        yield "int", str(v), hexed(s), attempt(lambda: int.__format__(v, s) if s else str(v))
    for s in FIXED + [spec("eEfFgGn%d") for _ in range(1500)]:
        v = rng.choice(FLOATS)
        yield "float", bits(v), hexed(s), attempt(lambda: format(v, s))
    for s in FIXED + [spec("eEfFgGn%") for _ in range(700)]:
        re, im = rng.choice(FLOATS), rng.choice(FLOATS)
        yield "complex", bits(re) + " " + bits(im), hexed(s), attempt(lambda: format(complex(re, im), s) if s else str(complex(re, im)))
    for s in FIXED + [spec("sss\xe9d") for _ in range(400)]:
        v = rng.choice(STRINGS)
        yield "str", hexed(v), hexed(s), attempt(lambda: format(v, s))


def percent_lines():
    def directive(codes):
        return "%" + "".join(rng.choice("-+ #0") for _ in range(rng.randrange(3))) + pick(0.5, ["1", "5", "12", "30"]) + pick(
            0.4, [".", ".0", ".1", ".5", ".20"]) + pick(0.1, "hlL") + rng.choice(codes)
    for _ in range(700):
        d, v = directive("diuoxX"), rng.choice(INTS[:-1])
        yield "int", str(v), hexed(d), attempt(lambda: d % v)
    for _ in range(700):
        d, v = directive("eEfFgG"), rng.choice(FLOATS)
        yield "float", bits(v), hexed(d), attempt(lambda: d % v)
    for _ in range(200):
        d, v = directive("s"), rng.choice(STRINGS)
        yield "str", hexed(v), hexed(d), attempt(lambda: d % v)
    for d in ("%", "%5", "%l", "%.", "%5%", "%-%", "%y", "ab%y", "%\u1234", "%\n", "%hhd", "%lld", "%#b", "%99999999999999999999d", "%.99999999999999999999d", "%.2147483648d",
              "%.2147483647d", "%9223372036854775807d", "%x%%y%d"):
        yield "int", "1", hexed(d), attempt(lambda: d % 1 if d != "%x%%y%d" else d % (1, 1))
    for d in ("%(a", "%(a(b)", "%(a", "%("):
        yield "int", "1", hexed(d), attempt(lambda: d % {"a": 1})


def int_lines():
    texts = ["", " ", "0", "-0", "+5", "1_000", "1__0", "_1", "1_", "0x1f", "0X_1F", "0x", "0b101", "0o17", "0_7", "00", "0_0", "010", "-0b1", "- 1", "+-1", "zz", "Z",
             " 12\n", "1\x1c", "\x1c1", "\u0661\u0662", "\xa05\u2003", "\u00b2", "1 2", "0b2", "0xg", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
             "-9223372036854775809", "123456789012345678901234567890", "-0xffffffffffffffffffff", "1e5", "1.0", "0x_", "0_x1", "1\0", "\u0663_\u0663", "1\x85", "0b_1", "0b__1"]
    for s in texts:
        for base in (10, 0, 2, 8, 16, 36, 3):
            yield "parse", hexed(s), str(base), attempt(lambda: str(int(s, base))).split(": 69")[0]
    for n in (4299, 4300, 4301):
        for base in (10, 16, 7):
            yield "limit", str(n), str(base), attempt(lambda: str(int("1" * n, base) % 1000))
        v = (10**n - 1) // 9
        yield "decimal", "%x" % v, attempt(lambda: str(v))
    for _ in range(300):
        v = rng.getrandbits(rng.randrange(60, 1030)) * rng.choice([1, -1])
        yield "float", "%x" % v, attempt(lambda: float(v).hex())
    for shift in (0, 1, 7, 10, 64, 500, 960, 970):
        for low in (0, 1, -1):
            for head in (2**53 + 1, 2**54 + 1, 2**54 + 2, 2**54 + 3, 2**54 + 6, 2**54 - 1):
                v = (head << shift) + low
                yield "float", "%x" % v, attempt(lambda: float(v).hex())
    for _ in range(100):
        v = rng.getrandbits(rng.randrange(1, 300)) * rng.choice([1, -1])
        yield "radix", "%x" % v, "=" + hexed("%s %s %s %s" % (v, bin(abs(v))[2:], oct(abs(v))[2:], hex(abs(v))[2:]))


def write(name, lines):
    with open(os.path.join(OUT, name), "w") as f:
        for fields in lines:
            assert not any("\t" in x or "\n" in x for x in fields), fields
            f.write("\t".join(fields) + "\n")


write("format.txt", format_lines())
write("percent.txt", percent_lines())
write("int.txt", int_lines())
