"""Digits of ints of a few words, quotients by greater ints, bytes, products and multiples."""

import math
import random

chance = random.Random(3)
values = [0, 1, -1, 255, -256, 2**62 - 1, 2**62, -2**62, 2**63, -2**63, 2**64, 10**19, 10**19 - 1, 10**38, 10**57 - 1]
values += [sign * chance.getrandbits(bits) for bits in (70, 128, 300, 640, 2000, 2048, 2100, 4000) for sign in (1, -1)]
for n in values:
    print(n, bin(n), oct(n), hex(n), int(str(n)) == n, int("000" + str(abs(n))) == abs(n))
    for length in (0, 1, 8, 9, 40):
        for order in ("little", "big"):
            for signed in (False, True):
                try:
                    print(n.to_bytes(length, order, signed=signed))
                except OverflowError as e:
                    print(e)
for a in values:
    for b in values:
        if b:
            q, r = divmod(a, b)
            assert q == a // b and r == a % b and q * b + r == a and (r == 0 or (r < 0) == (b < 0)) and abs(r) < abs(b)
        print(math.lcm(a, b) == (a and b and abs(a * b) // math.gcd(a, b)), end=" ")
print()
print(math.prod(range(1, 30)), math.prod([True, True]), math.prod([2, 0.5, 3]), math.prod([1.5, 2**80]), math.prod([], start="a"))
print(math.prod([3, "ab"]), math.prod([2**62, 2, 2.0]), math.lcm(), math.lcm(4), math.lcm(0, 5), math.lcm(2**62, 3))
