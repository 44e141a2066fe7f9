# env: PYTHONIOENCODING=utf-8
"""Code points beyond the first plane, normalisation, identifiers, encodings and their errors."""
import unicodedata, codecs
s = "aé€😀\u0301"
print(len(s), [hex(ord(c)) for c in s], s[::-1] == "".join(reversed(s)), s.encode("utf-8"), s.encode("utf-16-be").hex(), s.encode("utf-32-le")[:8], s.upper(), s.find("😀"), s[3], s.count("é"), "😀" in s)
for c in "aé€😀٣½ ǅ":
    print(c, unicodedata.name(c), unicodedata.category(c), unicodedata.bidirectional(c), unicodedata.decomposition(c) or "-", unicodedata.numeric(c, None), unicodedata.east_asian_width(c), unicodedata.combining(c), unicodedata.mirrored(c))
print(unicodedata.lookup("SNOWMAN"), unicodedata.normalize("NFC", "e\u0301") == "é", [len(unicodedata.normalize(f, "ﬁé")) for f in ("NFC", "NFD", "NFKC", "NFKD")], unicodedata.is_normalized("NFC", "é"), unicodedata.unidata_version)
ℌ = 1; ñandú = 2; 变量 = 3; print(H, ñandú + 变量, "ℌ" in dir(), "H" in dir())
for name in ("utf-8", "utf-16", "utf-32", "latin-1", "ascii", "cp1252", "utf-7", "utf-8-sig", "cp437", "koi8-r", "mac-roman", "iso8859-15", "raw_unicode_escape", "unicode_escape", "punycode", "idna"):
    try: b = "aé€".encode(name); print(name, b, b.decode(name) == "aé€", codecs.lookup(name).name)
    except UnicodeError as error: print(name, type(error).__name__, error)
for data, enc in ((b"\xc3\x28", "utf-8"), (b"\xed\xa0\x80", "utf-8"), (b"\xf4\x90\x80\x80", "utf-8"), (b"abc\xe2\x82", "utf-8"), (b"\xc0\x80", "utf-8"), (b"\x80", "ascii"), (b"\x00\xd8", "utf-16-le"), (b"a", "utf-16-le"), (b"\x81", "cp1252"), (b"\xff\xff\xff\xff", "utf-32-le"), (b"+AGE", "utf-7")):
    try: print(data, enc, data.decode(enc))
    except UnicodeDecodeError as error: print(enc, error, error.start, error.end)
    print([data.decode(enc, handler) for handler in ("replace", "ignore", "backslashreplace", "surrogateescape") if not (enc.startswith("utf-16") or enc.startswith("utf-32")) or handler in ("replace", "ignore")])
def handler(error): return ("<%a>" % error.object[error.start:error.end], error.end)
codecs.register_error("mine", handler); print("aé😀".encode("ascii", "mine"), b"a\xffb".decode("utf-8", "mine"))
dec = codecs.getincrementaldecoder("utf-8")(); print([dec.decode(bytes([b])) for b in "é😀".encode()], dec.decode(b"", True)); enc = codecs.getincrementalencoder("utf-16")(); print(enc.encode("a"), enc.encode("b"))
print("ß".casefold(), "ŉ".upper(), "Σ".lower(), "ΌΣΟΣ".lower(), "ı".upper(), "ﬃ".title(), "\u1e9e".lower(), "𐐀".lower(), "ª".isalpha(), "x\u0301".isidentifier(), "𝐱" == "x", "\u00b5".upper(), "ᏸ".upper(), "a\u2028b".splitlines(), "\x1c".isspace(), "\u3000".strip() == "")
print("%c" % 128512, "\N{GRINNING FACE}\N{lf}".encode(), chr(0x10FFFF).encode(), repr("\U000e0001 \u0378 \xa0"), sorted(["z", "é", "a", "😀", "\uffff"]), "é" < "😀", hash("😀") == hash("\U0001f600"), codecs.encode("abc", "rot13"), codecs.decode(b"YWJj", "base64"), codecs.BOM_UTF8 + b"x" == "x".encode("utf-8-sig"))
