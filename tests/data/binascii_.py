"""binascii: base64, hex, quoted-printable, uuencoded lines, checksums, and their errors."""
import binascii as b
def t(f, *a, **k):
    try: r = f(*a, **k)
    except Exception as e: r = type(e).__module__ + "." + type(e).__name__ + ": " + str(e)
    print(f.__name__, str(a)[:60], k or "", "->", str(r)[:200])
for s in (b"", b"\x7f", b"!\x7f", b"!!!!!x", b"!!!!!  \n", "\u1234", 3, b"#86)C\n", b"#", b" \n", b"#86)C   86)C", b"!\x80"): t(b.a2b_uu, s)
t(b.b2a_uu, b"x" * 46); t(b.b2a_uu, b""); t(b.b2a_uu, b"", backtick=1); t(b.b2a_uu, b"a\0\0", backtick=True); t(b.b2a_uu, "abc"); t(b.b2a_uu, bytes(range(45)))
for s in (b"a", b"ab", b"abc", b"YQ==", b"YQ=", b"=", b"YQ===", b"YWJj$", b"ab=c", b"====", b"abcd=", b"abcde", b"a===", b"ab==c", b"ab==\n", b"=abc", b"ab=", b"abc=", b"ab$=", b"ab=$=", b"", b"abc=$", b"ab=c=", b"abcdefghi", b"ab=cdefg", b"ab==cdefg=="):
    t(b.a2b_base64, s); t(b.a2b_base64, s, strict_mode=True)
for i in range(8): t(b.b2a_base64, bytes(range(250, 250 + min(i, 6)))); t(b.b2a_base64, b"x" * i, newline=False)
for a in (("",), ("ab",), ("é",), (3,), (b"\xff",), (None,), ("-", -4), (b"-", 4), ("-", 0), (":", 2), (":", -2)): t(b.hexlify, b"abcdef", *a)
for s in (b"a", b"ag", "aé", "aA", 1, b"0123456789abcdefABCDEF"): t(b.unhexlify, s)
for c in (-1, 0, 2**70, 65536 * 5 + 1): t(b.crc_hqx, b"abc", c); t(b.crc32, b"abcdefghij" * 5, c)
t(b.crc32, b"abc", 1.5); t(b.crc32, "abc"); t(b.crc_hqx, "a", 1)
for s in (b"=", b"= ", b"=\n", b"a=\nb", b"=4", b"=41", b"=4g", b"==", b"=\r\nx", b"_a", b"=\rabc\nd", b"==41", b"=ab"): t(b.a2b_qp, s); t(b.a2b_qp, s, header=True)
for s in (b"", b".", b".\n", b"a.\n.", b"x" * 80, b"x" * 76 + b"\n", b" ", b" \n", b"a \nb\t\n", b"\r\n", b"\r", b"a\nb\r\nc", b"_ =", b"a \r\n", b"\xff\n\xff", b"x" * 75 + b" y", b"x\tx ", b"\r\r\n", b"x" * 73 + b"\xff\xff", b"=\n"):
    for k in ({}, {"quotetabs": 1}, {"istext": 0}, {"header": 1}, {"header": 1, "quotetabs": 1}): t(b.b2a_qp, s, **k)
print([n for n in dir(b) if n[0] != "_"], b.Error.__mro__, b.Incomplete.__mro__)
