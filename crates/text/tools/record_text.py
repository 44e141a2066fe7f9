"""Writes tests/data/text.txt: what CPython 3.14's methods of str and bytes answer.

Usage: python3.14 crates/text/tools/record_text.py
"""
import os
import random

OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "data")
rng = random.Random(1618)


def cps(s):
    return " ".join("%x" % ord(c) for c in s)


def words(pool, low, high):
    return "".join(rng.choice(pool) for _ in range(rng.randrange(low, high)))


def search_lines():
    for pool in ("ab", "abc", "a\xe9", "a\u0161", "\u0161\u0261", "a\U0001f600", "\u0161\U0001f600b"):
        for _ in range(220):
            hay, needle = words(pool, 0, 60), words(pool, 0, rng.choice([2, 4, 8, 14]))
            if rng.random() < 0.3 and hay:
                start = rng.randrange(len(hay))
                needle = hay[start:start + rng.randrange(1, 30)]
            if rng.random() < 0.1:
                needle += rng.choice("\u0100\U0001f601z")
            if rng.random() < 0.15:
                needle = words(pool, 1, 4) * rng.randrange(2, 6)
                hay = (words(pool, 0, 5) + needle) * rng.randrange(4) + words(pool, 0, 9)
            to, limit = words(pool + "z\u20ac", 0, 4), rng.choice([-1, -1, 0, 1, 2])
            yield "search", cps(hay), cps(needle), cps(to), str(limit), "%d %d %d|%s" % (
                hay.find(needle), hay.rfind(needle), hay.count(needle), cps(hay.replace(needle, to, limit)))


def case_lines():
    pool = "aBz1 _'.\xdf\xe9\xc9\u0130\u0131\u01c5\u01c4\u01c6\u03a3\u03c3\u03c2\u0301\u00ad\u1f88\u1f80\ufb01\u0149\u1e9e\U00010400\U00010428\u02b0\u2160\u24b6\u0345\xaa"
    texts = ["", "ABC", "hello world", "\u03a3", "A\u03a3", "A\u03a3B", "A\u0301\u03a3\u0301", "A\u03a3\u0301B", "\u0130"] + [words(pool, 1, 9) for _ in range(700)]
    for s in texts:
        flags = [s.islower(), s.isupper(), s.istitle(), s.isidentifier()]
        answers = [s.lower(), s.upper(), s.casefold(), s.swapcase(), s.capitalize(), s.title()]
        yield "case", cps(s), "|".join(map(cps, answers)) + "|" + "".join(str(int(f)) for f in flags)


def repr_lines():
    pool = "ab'\"\\\n\t\r\0\x1f\x7f\x80\xa0\xad\xe9\u0100\u200b\u2028\ud800\ue000\uffff\U0001f600\U000e0001\U0010ffff \x0b"
    texts = ["", "'", '"', "'\"", "it's", 'say "x"', "plain"] + [words(pool, 1, 9) for _ in range(500)]
    for s in texts:
        yield "repr", cps(s), cps(repr(s)) + "|" + cps(ascii(s))
        data = bytes(ord(c) & 255 for c in s)
        yield "bytes", data.hex(), repr(data)


def split_lines():
    pool = "ab \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000"
    for _ in range(400):
        s = words(pool, 0, 12)
        yield "split", cps(s), "|".join(map(cps, s.split())), ";".join(map(cps, s.splitlines())), ";".join(map(cps, s.splitlines(True)))


with open(os.path.join(OUT, "text.txt"), "w") as f:
    for lines in (search_lines(), case_lines(), repr_lines(), split_lines()):
        for fields in lines:
            f.write("\t".join(fields) + "\n")
