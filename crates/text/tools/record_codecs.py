"""Writes tests/data/codecs.txt: what CPython 3.14 decodes and encodes, with each error that its handlers get to see.

Usage: python3.14 crates/text/tools/record_codecs.py
"""
import codecs
import os
import random
import warnings

OUT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "data")
rng = random.Random(577)
warnings.simplefilter("ignore")
log = []


def watch(error):
    log.append("%d-%d %s" % (error.start, error.end, error.reason))
    return ("\ufffd" if isinstance(error, UnicodeDecodeError) else b"?"), error.end


codecs.register_error("watch", watch)
DECODERS = {
    "utf-8": codecs.utf_8_decode, "utf-16-le": codecs.utf_16_le_decode, "utf-16-be": codecs.utf_16_be_decode,
    "utf-32-le": codecs.utf_32_le_decode, "utf-32-be": codecs.utf_32_be_decode, "utf-7": codecs.utf_7_decode,
    "unicode_escape": codecs.unicode_escape_decode, "raw_unicode_escape": codecs.raw_unicode_escape_decode,
}
ENCODERS = ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7", "ascii", "latin-1", "unicode_escape", "raw_unicode_escape", "cp1252"]
PIECES = {
    "utf-8": [b"a", b"\x80", b"\xc0", b"\xc2", b"\xe0", b"\xe1", b"\xed", b"\xf0", b"\xf4", b"\xf5", b"\xa0", b"\x9f", b"\x90", b"\xbf", "\u20ac".encode(), "\U0001f600".encode(), "\xe9".encode()],
    "utf-16-le": [b"a", b"\0", b"\xd8", b"\xdc", b"\0\xd8", b"\0\xdc", b"\xd8\0", b"\xdc\0", b"\xac\x20"],
    "utf-32-le": [b"\0", b"\0\0", b"a\0\0\0", b"\0\0\0a", b"\0\xd8\0\0", b"\0\0\x11\0", b"\0\0\0", b"\0\x01\xf6\0"],
    "utf-7": [b"+", b"-", b"A", b"AG", b"E", b"2AA", b"3AA", b"!", b"+AGE", b"+2ADcAA", b"\x80", b"/", b"x", b"+-", b"AOk", b"~"],
    "unicode_escape": [b"\\", b"x", b"u", b"U", b"N", b"{", b"}", b"SPACE", b"\\N{SPACE}", b"0011", b"00", b"4", b"g", b"q", b"7", b"\n", b"\xe9", b"\\u20ac", b"\\U0001f600", b"n", b"'", b"1"],
}
PIECES["utf-16-be"] = PIECES["utf-16-le"]
PIECES["utf-32-be"] = PIECES["utf-32-le"]
PIECES["raw_unicode_escape"] = PIECES["unicode_escape"]
FIXED = {"unicode_escape": [b"\\N{" + b"a" * 200 + b"}", b"\\N{foo}", b"\\N{KEYCAP DIGIT ONE}", b"\\N{sp\xe9}", b"\\N{}", b"\\N", b"\\N{", b"\\777", b"\\400", b"\\U00110000", b"\\ud800", b"\\N{nbsp}"],
         "utf-7": [b"+AGF-x", b"+2AAAYQ-", b"+3AA-", b"+AGEA-", b"+AA-", b"+2ADcA", b"+ZYe-\x80", b"+2AA!", b"+2AA\x80", b"+2AA", b"+AGE\x80", b"+2AA+AGE-"]}


def cps(s):
    return " ".join("%x" % ord(c) for c in s)


def decode_lines():
    for name, decoder in DECODERS.items():
        inputs = [p for p in PIECES[name]] + FIXED.get(name, [])
        inputs += [b"".join(rng.choice(PIECES[name]) for _ in range(rng.randrange(1, 9))) for _ in range(500)]
        if name == "utf-8":
            inputs += [bytes([a, b]) for a in (0xE0, 0xED, 0xF0, 0xF4, 0xC3, 0xE2) for b in range(0x70, 0x100, 3)]
        for data in inputs:
            for final in (True, False):
                log.clear()
                text, used = decoder(data, "watch", final)
                yield "decode", name, data.hex(), str(int(final)), "%d|%s|%s" % (used, cps(text), ",".join(log))


def encode_lines():
    pool = "a+-/\\~!\n\0\t\x7f\x80\x81\xe9\xff\u0100\u20ac\u2028\ud800\udc00\udfff\uffff\U00010000\U0001f600\U0010ffffAz0 '\""
    texts = ["", "a", "\ud800", "a\ud800\udc00b", "\xe9+", "\xe9/", "\xe9-", "a" * 40 + "\xe9"]
    texts += ["".join(rng.choice(pool) for _ in range(rng.randrange(1, 10))) for _ in range(250)]
    for name in ENCODERS:
        for text in texts:
            log.clear()
            try:
                data = text.encode(name, "watch")
            except UnicodeEncodeError:
                continue
            yield "encode", name, cps(text), "%s|%s" % (data.hex(), ",".join(log))


def bytes_lines():
    for data in PIECES["unicode_escape"] + [b"".join(rng.choice(PIECES["unicode_escape"]) for _ in range(rng.randrange(1, 9))) for _ in range(300)]:
        try:
            answer = codecs.escape_decode(data)[0].hex()
        except ValueError as e:
            answer = "!" + str(e)
        yield "bytes", data.hex(), answer


with open(os.path.join(OUT, "codecs.txt"), "w") as f:
    for lines in (decode_lines(), encode_lines(), bytes_lines()):
        for fields in lines:
            f.write("\t".join(fields) + "\n")
