"""Factorials, choices and roots, from what fits a word to what does not."""

import math
import zlib


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except (OverflowError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"


print([math.factorial(n) for n in range(23)])
# The definition, where the splitting has one more part.
for n in (31, 32, 63, 64, 65, 127, 128, 500, 1023, 1024, 1025):
    product = 1
    for factor in range(2, n + 1):
        product *= factor
    assert math.factorial(n) == product, n
print(zlib.crc32(hex(math.factorial(20_000)).encode()))

# From 68 on not all choices fit a word; on the way there a product of two words is needed.
print(math.comb(61, 30), math.comb(62, 31), math.comb(67, 33), math.comb(68, 34), math.comb(2**63 - 1, 1), math.comb(2**64, 2))
for n in range(75):
    row = [math.comb(n, k) for k in range(n + 2)]
    assert sum(row) == 2**n and row[: n + 1] == row[n::-1] and row[-1] == 0, n
print(math.perm(20, 20) == math.factorial(20), math.perm(21), math.perm(2**32, 2), math.perm(2**32 + 1, 2), math.perm(5, 0), math.perm(3, 4))

for n in (0, 1, 2, 3, 4, 15, 16, 2**60 - 1, 2**60, 2**62, 2**63 - 1, 2**64 - 1, 2**64, 10**40 - 1, 10**40):
    root = math.isqrt(n)
    assert root**2 <= n < (root + 1) ** 2, n

print(attempt(math.factorial, -1), attempt(math.factorial, -(2**70)), attempt(math.factorial, 2**64), attempt(math.factorial, 3.0), sep="\n")
print(attempt(math.comb, -1, 2), attempt(math.comb, 2, -1), attempt(math.comb, 2**70, 2**69), attempt(math.comb, 5, 2.0), sep="\n")
print(attempt(math.perm, -1), attempt(math.perm, 2, -1), attempt(math.perm, 2**70, 2**69), attempt(math.perm, "5"), sep="\n")
print(attempt(math.isqrt, -1), attempt(math.isqrt, -(2**70)), attempt(math.isqrt, 4.0), math.factorial(True), math.comb(True, True), sep="\n")
