"""Writes tests/data/{float,hash}.txt: questions and CPython 3.14's answers, one per line, fields separated by tabs.

Usage: python3.14 crates/text/tools/record_numbers.py PATH-OF-THAT-PYTHON
"""
import os
import random
import struct
import subprocess
import sys

OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "data")
rng = random.Random(314)


def bits(x):
    return "%016x" % struct.unpack("<Q", struct.pack("<d", x))


def attempt(f):
    try:
        return f()
    except Exception as e:
        return "!" + str(e)


EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 1e15, 1e16, 1e17, 9999999999999998.0, 1e-4, 1e-5, 0.0001234, 5e-324, 1.5e-323,
         2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
         1e22, 1e23, 123456789012345680.0, 0.1, 0.3, 2.675, 1.005, 9.5, 99.5, 999999.5, 9.9999995, 0.00099995, 5e-5, 2**53 + 2.0, 1e100,
         144115188075855870.0, 9007199254740993.0, 4.35, 8.5, 3677649429343.28125, -8936005113619.5625, 0.125, 0.375]


def number():
    kind = rng.randrange(6)
    if kind == 5:
        return rng.randrange(2**50, 2**53) / 2.0 ** rng.randrange(2, 12)
    if kind == 0:
        return struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
    if kind == 1:
        return rng.randrange(-10**6, 10**6) / 10 ** rng.randrange(8)
    if kind == 2:
        return rng.randrange(1, 2000) / 2 ** rng.randrange(12)
    if kind == 3:
        return 2.0 ** rng.randrange(-1074, 1024)
    return rng.random() * 10.0 ** rng.randrange(-30, 30)


def float_lines():
    values = EDGES + [number() for _ in range(1500)]
    for x in values:
        yield "repr", bits(x), repr(x)
    for x in values[:300]:
        yield "hex", bits(x), x.hex()
    for x in values:
        style, precision = rng.choice("eEfFgG"), rng.choice([0, 1, 2, 3, 5, 10, 17, 30])
        flags = rng.choice(["", "", "+", "#", "+#"])
        yield "style", bits(x), style, str(precision), flags, f"%{flags}.{precision}{style}" % x
    for x in (5e-324, 1.7976931348623157e308, 0.1, 2.0**-60):
        for precision in (400, 1074, 1100, 1500):
            for style in "efg":
                yield "style", bits(x), style, str(precision), "#", f"%#.{precision}{style}" % x
    for x in values:
        n = rng.choice([-400, -309, -308, -3, -2, -1, 0, 1, 2, 3, 5, 15, 323, 324])
        yield "round", bits(x), str(n), attempt(lambda: bits(round(x, n)))
    for x, n in ((1.7976931348623157e308, -308), (25.0, -1), (5.0, -1), (5.0000001, -1), (9.5e307, -308), (50.0, -2), (-5.0, -1), (1e308, -308)):
        yield "round", bits(x), str(n), attempt(lambda: bits(round(x, n)))
    for s in ("1_0 1__0 _1 1_ 1_.0 1._0 1e1_0 1e_10 in_f 1e400 -1e-400 . 1. .1 +-1 infinit iNf -INFINITY nAn 0x10 1e e1 1_0.0_1 1e+ 1e-5 +1.5E+3 "
              "-nan 1.7976931348623159e308 2.4703282292062327e-324 2.4703282292062328e-324 1e99999999999999999999 0e99999999999999999999").split() + [
              "", " ", " 1 ", "1\x1c", "\x1d1", "1\0", "\t\n\v\f\r1", "\u0661\u0662.\u0663", "\xa01\u2003", "\u0663_\u0663", "1\u00b2", "\U0001d7d9",
              "1" * 400, "0." + "0" * 400 + "1", "9007199254740993" + "0" * 300 + "1e-301", "9007199254740993" + "0" * 300 + "e-300"]:
        yield "parse", s.encode().hex(), attempt(lambda: bits(float(s))).split("could")[0]
    digits = "0123456789abcdefABCDEF"
    texts = ["0x1p-1075", "0x1.8p-1075", "0x1p-1076", "0x.p1", "0x", "1.", ".8", " 0x1 \x1c", "inf", "-Infinity", "-nan", "0x1p", "0x1p+", "infin",
             "0x1.fffffffffffff8p1023", "0x1.fffffffffffff7p1023", "", "0x1p99999999999999999999", "0x0p99999999999999999999",
             "0x1p-99999999999999999999", "0x1.0000000000000800000001p0", "0x1.00000000000008p0", "0x1.00000000000018p0", "- 1", "0x1.8p-1074",
             "0x0.00000000000018p-1022", "0x1.ffffffffffffffp-1023", "0x0.fffffffffffff8p-1022", "0x0.8p-1074", "0x0.8000001p-1074", "-0X1.8P3", "\v1\f", "1p5 x", "1_0"]
    for _ in range(400):
        texts.append("%s0x%s.%sp%d" % (rng.choice(["", "-"]), "".join(rng.choice(digits) for _ in range(rng.randrange(1, 20))),
                                       "".join(rng.choice(digits) for _ in range(rng.randrange(20))), rng.choice([0, 5, -1060, -1075, -1100, 990, 1000, -5])))
    for s in texts:
        yield "fromhex", s.encode().hex(), attempt(lambda: bits(float.fromhex(s)))
    for s in ("1.5e3x", "1e", "-.5e+", "inf1", ".", "e5", "12.", "+7e-2e"):
        for end in range(len(s), -1, -1):
            try:
                x = float(s[:end].strip() if s[:end] == s[:end].strip() and "_" not in s else "x")
                yield "prefix", s, bits(x), str(end)
                break
            except ValueError:
                pass
        else:
            yield "prefix", s, "!", "0"
    for re, im in ((0.0, 1.0), (-0.0, 1.0), (1.5, -0.0), (float("nan"), float("inf")), (1e16, 1e-5), (0.0, -0.0), (0.0, float("-inf"))):
        yield "complex", bits(re), bits(im), str(complex(re, im))


def hash_lines():
    for x in EDGES + [number() for _ in range(600)]:
        if x == x:
            yield "float", bits(x), str(hash(x))
    for n in [0, 1, -1, -2, 2**61 - 1, 2**61 - 2, -(2**61) + 1, 2**61, 2**63 - 1, -2**63, 2**62] + [rng.randrange(-2**63, 2**63) for _ in range(50)]:
        yield "int", str(n), str(hash(n))
    for _ in range(60):
        n = rng.getrandbits(rng.randrange(64, 400)) * rng.choice([1, -1])
        words = abs(n)
        yield "big", "-" if n < 0 else "+", " ".join("%x" % (words >> s & (2**64 - 1)) for s in range(0, max(words.bit_length(), 1), 64)), str(hash(n))
    for items in [(), (0,), (1, 2), (-1, 3, 5)] + [tuple(rng.randrange(-2**60, 2**60) for _ in range(rng.randrange(8))) for _ in range(40)]:
        hashes = " ".join(str(hash(i)) for i in items)
        yield "tuple", hashes, str(hash(items))
        items = frozenset(items)
        yield "frozenset", " ".join(str(hash(i)) for i in items), str(hash(items))
    for _ in range(20):
        z = complex(number(), number())
        if z == z:
            yield "complex", str(hash(z.real)), str(hash(z.imag)), str(hash(z))
    texts = ["", "a", "abc", "abcdefg", "abcdefgh", "abcdefghi", "\xe9", "na\xefve caf\xe9 long", "\u20ac", "\u20ac\u20ac\u20ac\u20ac", "abc\u20acdef", "\U0001f600", "\U0001f600ab", "x" * 300, "\ud800"]
    for seed in ("0", "1", "42", "123456", "4294967295"):
        code = "import sys; print(*[hash(t) for t in %a])" % texts
        answers = subprocess.run([sys.argv[1], "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True).stdout.split()
        for t, h in zip(texts, answers):
            yield "str", seed, " ".join("%x" % ord(c) for c in t), h


def write(name, lines):
    with open(os.path.join(OUT, name), "w") as f:
        for fields in lines:
            assert not any("\t" in x or "\n" in x for x in fields), fields
            f.write("\t".join(fields) + "\n")


write("float.txt", float_lines())
write("hash.txt", hash_lines())
