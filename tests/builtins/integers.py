"""int: arithmetic of any size, conversions, formats, methods, limits."""
import sys
big = 3 ** 200
print(big, big % 10**9, big // 7**50, -big // 3**199, big.bit_length(), big.bit_count(), (-big) >> 300, 1 << 100)
print(2**64 - 1, -(2**63), 2**62 + 2**62, (2**62) * 4, 2**63 // -1, -7 // 2, -7 % 2, 7 // -2, divmod(-7, 3), divmod(2**70, -3))
print(int("0x1F", 16), int("z", 36), int("-0b101", 0), int(" 12_3 "), int(3.99), int(-3.99), int(b"42"), int("٣"), int(), int("1" * 40))
print(hex(-255), oct(8), bin(-5), f"{1234567:_} {255:08b} {255:#X} {-5:+d} {5: d} {10**20:e} {42:>6}|{42:<6}|{42:^6}|{42:=+6}|{65:c}")
print((1024).to_bytes(2, "big"), int.from_bytes(b"\xff\x00", "little"), (-2).to_bytes(2, "big", signed=True), int.from_bytes(b"\xff\xfe", signed=True), (5).to_bytes())
print((10).as_integer_ratio(), (5).is_integer(), (7).conjugate(), (3).real, (3).imag, (12).numerator, True + True, ~True if False else -2, round(1234, -2), round(1250, -2), round(1350, -2), round(-15, -1))
print(pow(3, 100, 7), pow(3, -1, 7), pow(2, -2), pow(0, 0), (-8) ** 2, pow(10, 5, 1), pow(-3, 3, 5))
print(hash(2**61 - 1), hash(-1), hash(2**61), hash(10**30), hash(-(2**61)), 10**30 == 1e30, 2**53 + 1 == float(2**53 + 1), 2**1000 > 1e300, 1 < 1.5 < 2)
print(sys.maxsize, sys.int_info.bits_per_digit, sys.get_int_max_str_digits(), (0).bit_length(), int.__doc__.splitlines()[0], bool("x"), int(True))
import math
print(math.isqrt(10**40), math.gcd(12, 18, 27), math.lcm(4, 6), math.comb(50, 25), math.perm(10, 3), math.factorial(30), sum(range(10**6)))
a, b = 0, 1
for _ in range(500): a, b = b, a + b
print(a, str(a)[::-1][:10], a % 97, int(str(a)) == a)
print([n for n in range(-5, 6) if n & 1], 6 & -6, -1 ^ 5, ~0, 2**100 & (2**50 + 7), -(2**70) | 1, 5 >> 100, -5 >> 100, 0 << 1000)
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("int('x')", "int('')", "int('1' * 5000)", "int('12', 1)", "int('12', 37)", "int(5, 10)", "int('0x', 16)", "int(None)", "int('1__0')", "int(float('nan'))", "int(float('inf'))", "1 << -1", "(-1).to_bytes(1)", "(256).to_bytes(1)", "pow(2, -1, 4)", "pow(2, 1, 0)", "1 // 0", "1 % 0", "divmod(1, 0)", "int.from_bytes('x')", "'%d' % 'x'", "'%x' % 1.5", "f'{5:q}'", "f'{5:.2d}'", "5 .x", "str(10**5000)", "1 << 10**20", "int('9' * 4300) > 0", "math.isqrt(-1)", "math.factorial(-1)", "math.factorial(1.5)", "round(5, 'x')", "float(10**400)", "10**400 / 10**399", "0 ** -1", "int([])", "(1).__add__('a')", "range(10**30)[10**29]", "chr(-1)", "'a' * -1"):
    attempt(source)
