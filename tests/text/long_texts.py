"""Operations on long bytes and strings, at lengths around those of blocks."""

import base64
import binascii
import hashlib


def digest(*values):
    shown = repr(values).encode("ascii", "backslashreplace")
    return hashlib.md5(shown).hexdigest()[:12]


def pattern(n):
    return bytes((i * 7 + i // 256) % 256 for i in range(n))


LENGTHS = [0, 1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 1000, 100_003]

for n in LENGTHS:
    data = pattern(n)
    text = "".join(chr(32 + i * 5 % 95) for i in range(n))
    upper, lower, swapped = data.upper(), data.lower(), data.swapcase()
    print(n, "case", digest(upper), digest(lower), digest(swapped), digest(text.upper(), text.lower()))
    assert bytearray(data).upper() == upper and bytearray(data).lower() == lower and bytearray(data).swapcase() == swapped
    digits = binascii.hexlify(data)
    assert binascii.unhexlify(digits) == data and binascii.unhexlify(digits.upper()) == data == bytes.fromhex(digits.decode())
    assert base64.b16decode(base64.b16encode(data)) == data
    print(n, "hex", digest(digits), digest(data.hex("-", 3)), digest(binascii.hexlify(data, ":", -2)))
    for place in {0, n // 2, 2 * n - 1}:
        if n:
            bad = bytearray(digits)
            bad[place] = ord("g")
            try:
                binascii.unhexlify(bad)
            except binascii.Error as e:
                assert str(e) == "Non-hexadecimal digit found"
            else:
                raise AssertionError("a bad digit passed")
    table = bytes(reversed(range(256)))
    print(n, "translate", digest(data.translate(table)), digest(data.translate(None, b"abc\0")), digest(data.translate(table, b"xyz")))
    encoded = base64.b64encode(data)
    assert base64.b64decode(encoded) == data and base64.b32decode(base64.b32encode(data)) == data
    assert base64.b85decode(base64.b85encode(data)) == data and base64.a85decode(base64.a85encode(data)) == data
    print(n, "base64", digest(encoded), data.isascii(), text.isascii(), data.count(b"\x07"), data.find(b"\xff\x06"), data.rfind(b"\x00\x07"))
    print(n, "parts", digest(data.split(b"\x0e")), digest(data.replace(b"\x15", b"long")), digest(text.split(" "), text.replace("A", "")))

for wrong in ("0", "0g", "é0", "00" * 20 + "0"):
    try:
        print(binascii.unhexlify(wrong))
    except ValueError as e:
        print(type(e).__name__, e)

# Numbers of all lengths as text.
numbers = [s * (10**k + d) for k in range(21) for d in (-1, 0, 1) for s in (1, -1)]
print(digest([str(n) for n in numbers]), digest(["%d|%5d|%-5d|%05d" % (n, n, n, n) for n in numbers]), digest([f"{n:,}" for n in numbers]))

# Sums and differences of ints around the sizes of words.
values = [s * (2**k + d) for k in (0, 30, 62, 63, 64, 65, 127, 128, 191, 192, 193, 448, 511, 512, 513, 600) for d in (-1, 0, 1) for s in (1, -1)]
print(digest([a + b for a in values for b in values]), digest([a - b for a in values for b in values]), digest([-a for a in values], [~a for a in values]))
for a in values:
    for b in values:
        assert a + b - b == a and a - b + b == a and (a + b) - a == b

# Floats of either sign, in order.
floats = sorted([s * f for s in (1, -1) for f in (0.0, 1e-300, 1e-77, 0.5, 1.0, 1.5, 2.0, 1e76, 1e78, 1e300, float("inf"))])
print([(a < b, a <= b, a == b, a != b, a > b, a >= b) for a, b in zip(floats, floats[1:])].count((True, True, False, True, False, False)))
print([-f for f in floats])
print([(a < b) + 2 * (a <= b) + 4 * (a == b) + 8 * (a > b) for a in floats for b in floats])
