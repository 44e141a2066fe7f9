"""Integers, floats, comparisons."""


def bench_int_add(rounds):
    x = 1
    y = 2
    for _ in range(rounds):
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y


def bench_int_add_store(rounds):
    x = 1
    for _ in range(rounds):
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1
        x = x + 1


def bench_int_increment(rounds):
    x = 0
    for _ in range(rounds):
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1
        x += 1


def bench_int_multiply(rounds):
    x = 123
    y = 456
    for _ in range(rounds):
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y


def bench_int_floor_divide(rounds):
    x = 1234
    y = 7
    for _ in range(rounds):
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y


def bench_int_modulo(rounds):
    x = 1234
    y = 7
    for _ in range(rounds):
        x % y
        x % y
        x % y
        x % y
        x % y
        x % y
        x % y
        x % y
        x % y
        x % y


def bench_int_divide(rounds):
    x = 1234
    y = 7
    for _ in range(rounds):
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y


def bench_int_power(rounds):
    x = 1234
    for _ in range(rounds):
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2


def bench_int_shift(rounds):
    x = 5
    for _ in range(rounds):
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3
        x << 3


def bench_int_and(rounds):
    x = 1234
    for _ in range(rounds):
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7
        x & 7


def bench_int_negate(rounds):
    x = 5
    for _ in range(rounds):
        -x
        -x
        -x
        -x
        -x
        -x
        -x
        -x
        -x
        -x


def bench_int_compare(rounds):
    x = 1
    y = 2
    for _ in range(rounds):
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y


def bench_int_equal(rounds):
    x = 1000
    y = 1000
    for _ in range(rounds):
        x == y
        x == y
        x == y
        x == y
        x == y
        x == y
        x == y
        x == y
        x == y
        x == y


def bench_int_chained(rounds):
    x = 5
    for _ in range(rounds):
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10
        1 < x < 10


def bench_int_wide_add(rounds):
    x = 2**40
    y = 2**41
    for _ in range(rounds):
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y


def bench_int_wide_multiply(rounds):
    x = 2**40 + 1
    y = 2**41 + 1
    for _ in range(rounds):
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y


def bench_int_big_add(rounds):
    x = 3**100
    y = 3**99
    for _ in range(rounds):
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y


def bench_int_big_multiply(rounds):
    x = 3**100
    y = 3**99
    for _ in range(rounds):
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y


def bench_int_big_divide(rounds):
    x = 3**200
    y = 3**99
    for _ in range(rounds):
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y
        x // y


def bench_float_add(rounds):
    x = 1.5
    y = 2.5
    for _ in range(rounds):
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y


def bench_float_multiply(rounds):
    x = 1.5
    y = 2.5
    for _ in range(rounds):
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y


def bench_float_divide(rounds):
    x = 1.5
    y = 2.5
    for _ in range(rounds):
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y
        x / y


def bench_float_chain(rounds):
    x = 1.5
    y = 2.5
    for _ in range(rounds):
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y
        z = x * y + x - y


def bench_float_compare(rounds):
    x = 1.5
    y = 2.5
    for _ in range(rounds):
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y
        x < y


def bench_float_power(rounds):
    x = 1.5
    for _ in range(rounds):
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2
        x ** 2


def bench_float_of_int(rounds):
    x = 5
    for _ in range(rounds):
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)
        float(x)


def bench_int_of_float(rounds):
    x = 5.5
    for _ in range(rounds):
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)
        int(x)


def bench_mixed_add(rounds):
    x = 1
    y = 2.5
    for _ in range(rounds):
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y
        x + y


def bench_complex_multiply(rounds):
    x = 1 + 2j
    y = 3j
    for _ in range(rounds):
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y
        x * y


def bench_bool_not(rounds):
    x = 1
    for _ in range(rounds):
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x


def bench_bool_and(rounds):
    x = 1
    y = 2
    for _ in range(rounds):
        x and y
        x and y
        x and y
        x and y
        x and y
        x and y
        x and y
        x and y
        x and y
        x and y


def bench_round_float(rounds):
    x = 2.567
    for _ in range(rounds):
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)
        round(x, 1)


def bench_divmod_int(rounds):
    x = 100
    for _ in range(rounds):
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)
        divmod(x, 7)


def bench_math_sqrt(rounds):
    from math import sqrt
    x = 2.0
    for _ in range(rounds):
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
        sqrt(x)
