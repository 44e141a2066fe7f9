"""Writes tests/sweep.txt: for each question, a hash over the answers of CPython 3.14 for all code points.

Usage: python3.14 crates/unicode/tools/record_sweep.py        (tests/sweep.rs folds our answers the same way)
"""
import ctypes
import os
import unicodedata as ucd

MASK = (1 << 64) - 1
CHARS = [chr(c) for c in range(0x110000)]
OLD = ucd.ucd_3_2_0
OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "sweep.txt")
lines = []


def fold(h, values):
    for v in values:
        h = ((h ^ v) * 0x100000001B3) & MASK
    return h


def record(name, answers):
    h = 0xCBF29CE484222325
    for values in answers:
        h = fold(h, values)
    lines.append("%s %016x\n" % (name, h))


def text(f):
    return (f(ch).encode() + b"\n" for ch in CHARS)


def cps(f):
    return ([*map(ord, f(ch)), 1 << 32] for ch in CHARS)


def number(f):
    return ((int(f(ch)) & 0xFF,) for ch in CHARS)


def simple(name):
    f = ctypes.PYFUNCTYPE(ctypes.c_uint32, ctypes.c_uint32)(("_PyUnicode_To%scase" % name, ctypes.pythonapi))
    return ((f(c),) for c in range(0x110000))


def fraction(f):
    return ((int(float(f(ch, -999)) * 1000) & MASK,) for ch in CHARS)


def rounds(db, form):
    """Pseudo-random strings of characters that decompose or combine."""
    pool = [c for c, ch in enumerate(CHARS) if ucd.decomposition(ch) or ucd.combining(ch)]
    state = 1
    for _ in range(20000):
        s = ""
        for _ in range(8):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            s += CHARS[pool[(state >> 33) % len(pool)]]
        yield [*map(ord, db.normalize(form, s)), int(db.is_normalized(form, s))]


for name in "isalpha isdecimal isdigit isnumeric isspace isprintable islower isupper isalnum".split():
    record(name, number(getattr(str, name)))
record("istitle", number(lambda ch: ch.istitle() and not ch.isupper()))
record("linebreak", number(lambda ch: len(("a" + ch + "b").splitlines()) == 2))
record("xid_start", number(lambda ch: ch.isidentifier() and ch != "_"))
record("xid_continue", number(lambda ch: ("a" + ch).isidentifier()))
record("cased", number(lambda ch: (ch + "a").title()[-1] == "a"))
record("lower", simple("Lower"))
record("upper", simple("Upper"))
record("title", simple("Title"))
record("lower_full", cps(lambda ch: ("a" + ch + "a").lower()[1:-1]))
record("upper_full", cps(str.upper))
record("title_full", cps(str.title))
record("casefold_full", cps(str.casefold))
record("name", text(lambda ch: ucd.name(ch, "")))
for prefix, db in (("", ucd), ("old_", OLD)):
    record(prefix + "category", text(db.category))
    record(prefix + "bidirectional", text(db.bidirectional))
    record(prefix + "combining", number(db.combining))
    record(prefix + "mirrored", number(db.mirrored))
    record(prefix + "east_asian_width", text(db.east_asian_width))
    record(prefix + "decomposition", text(db.decomposition))
    record(prefix + "decimal", number(lambda ch: db.decimal(ch, 255)))
    record(prefix + "digit", number(lambda ch: db.digit(ch, 255)))
    record(prefix + "numeric", fraction(db.numeric))
    for form in "NFC NFD NFKC NFKD".split():
        record(prefix + form, cps(lambda ch: db.normalize(form, "a" + ch + "\u0301")))
        record(prefix + form + "_rounds", rounds(db, form))
record("old_name", text(lambda ch: OLD.name(ch, "")))
with open(OUT, "w") as f:
    f.writelines(lines)
