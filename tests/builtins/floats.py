"""float: repr, rounding, formats, special values, methods; complex numbers."""
import math, sys
for v in (0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, -0.0, 5e-324, 1.7976931348623157e308, 1e22, 1e23, 2.5, 100.0, 1.1 + 2.2, 9007199254740993.0):
    print(repr(v), f"{v:.3f} {v:g} {v:e} {v:.2%} {v:n} {v:10.4g}|{v:+.1f}" if abs(v) < 1e20 else "")
inf, nan = float("inf"), float("nan")
print(inf, -inf, nan, inf - inf, nan == nan, nan in [nan], inf > 10**400, f"{nan:>6}|{inf:+}|{-inf:F}", float(" -1_0.5e2 "), float("Infinity"), float("1e400"))
print(round(0.5), round(1.5), round(2.5), round(2.675, 2), round(-0.5), round(1234.5678, -2), round(5.015, 2), round(1e300, 2), math.floor(-1.5), math.ceil(-1.5), math.trunc(-1.5), int(1e20))
print((0.75).as_integer_ratio(), (2.0).is_integer(), (0.1).hex(), float.fromhex("0x1.8p3"), (1.5).__floor__(), math.frexp(10.0), math.ldexp(0.5, 4), math.modf(-2.5), math.nextafter(1, 2), math.ulp(1.0), sys.float_info.max, sys.float_info.epsilon)
print(7.5 // 2, -7.5 // 2, 7.5 % -2, divmod(-7.5, 2), 2 ** 0.5, (-8) ** (1 / 3), 1e308 * 10, 0.1 + 0.2 == 0.3, math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), sum([0.1] * 10), math.hypot(3, 4, 12), math.dist((0, 0), (3, 4)), math.copysign(1, -0.0), math.remainder(7, 4), math.fma(2, 3, 4))
print(math.sqrt(2), math.exp(1), math.log(10), math.log2(8), math.log10(1000), math.log(8, 2), math.sin(1), math.cos(1), math.atan2(1, -1), math.degrees(math.pi), math.gamma(5), math.erf(0.5), round(math.cbrt(27), 12), math.prod([1.5, 2]), math.sumprod([1, 2], [3, 4]))
print(f"{1234567.891:,.2f} {1234567.891:_} {0.1:.20f} {1e-10:.3} {123.456:.0f} {1e5:.0e} {3.0:g} {3.0:#g} {1.5:08.2f} {-1.5:08.2f} {12345.678:>15,.1f}| {-0.0001:z.2f} {True:.1f}", "%5.1f|%-8.2e|%+g|%%" % (3.14159, 1234.5, 0.5))
print(hash(1.0), hash(0.5), hash(inf), hash(1e300), 1.0 == 1 == True, {1: "a", 1.0: "b"}, max(1, 1.0), min(2, 1.5, 1.5), sorted([3, 1.5, 2]), float(True), bool(0.0), bool(nan))
c = 3 + 4j
print(c, abs(c), c.conjugate(), c.real, c * 1j, c ** 2, c / (1 - 1j), -c, complex("1-2j"), complex(1, -0.0), 1j * 1j, complex("nan+infj"), repr(-0j), c == 3 + 4j, hash(1 + 0j), f"{c:.2f} {c:>12} {1.5j:g}", complex(2), c != 3, bool(0j))
import cmath
print(cmath.sqrt(-1), cmath.phase(-1), cmath.polar(1j), cmath.exp(1j * cmath.pi).real)
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("float('x')", "float('')", "float(None)", "float('1_')", "1.0 / 0", "1.0 // 0", "1.0 % 0", "0.0 ** -1", "math.sqrt(-1)", "math.log(0)", "math.exp(1000)", "10.0 ** 400", "inf // 1", "round(nan)", "round(inf)", "int('1.5')", "1.5 & 1", "c < c", "c // 1", "int(c)", "float(c)", "complex('x')", "complex('1', 2)", "complex(1, '2')", "f'{1.5:d}'", "f'{c:%}'", "f'{1.5:,_}'", "(1.5).hex(1)", "float.fromhex('zz')", "math.fsum(['a'])", "0j ** -1", "'%f' % 'a'", "1.5[0]", "math.floor('a')"):
    attempt(source)
