"""Variables and simple statements."""

GLOBAL = 1
counter = 0


def bench_local(rounds):
    x = 1
    for _ in range(rounds):
        x
        x
        x
        x
        x
        x
        x
        x
        x
        x


def bench_global_read(rounds):
    for _ in range(rounds):
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL
        GLOBAL


def bench_global_write(rounds):
    global counter
    for _ in range(rounds):
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1
        counter = 1


def bench_builtin_read(rounds):
    for _ in range(rounds):
        len
        len
        len
        len
        len
        len
        len
        len
        len
        len


def bench_closure_read(rounds):
    x = 1

    def inner():
        for _ in range(rounds):
            x
            x
            x
            x
            x
            x
            x
            x
            x
            x

    inner()


def bench_closure_write(rounds):
    x = 1

    def inner():
        nonlocal x
        for _ in range(rounds):
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2
            x = 2

    inner()


def bench_swap(rounds):
    a, b = 1, 2
    for _ in range(rounds):
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a
        a, b = b, a


def bench_unpack_tuple(rounds):
    t = (1, 2, 3)
    for _ in range(rounds):
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t


def bench_unpack_list(rounds):
    t = [1, 2, 3]
    for _ in range(rounds):
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t
        a, b, c = t


def bench_unpack_star(rounds):
    t = (1, 2, 3)
    for _ in range(rounds):
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t
        a, *b = t


def bench_if_else(rounds):
    x = 0
    for _ in range(rounds):
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2
        y = 1 if x else 2


def bench_is_none(rounds):
    x = 1
    for _ in range(rounds):
        x is None
        x is None
        x is None
        x is None
        x is None
        x is None
        x is None
        x is None
        x is None
        x is None


def bench_walrus(rounds):
    x = 1
    for _ in range(rounds):
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)
        (y := x)


def bench_match_literal(rounds):
    x = 5
    for _ in range(rounds):
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass
        match x:
            case 1: pass
            case 5: pass
            case _: pass


def bench_match_class(rounds):
    x = 5
    for _ in range(rounds):
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass
        match x:
            case str(): pass
            case int(n): pass


def bench_match_sequence(rounds):
    x = [1, 2]
    for _ in range(rounds):
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass
        match x:
            case [a]: pass
            case [a, b]: pass


def bench_import_again(rounds):
    for _ in range(rounds):
        import math
        import math
        import math
        import math
        import math
        import math
        import math
        import math
        import math
        import math


def bench_from_import_again(rounds):
    for _ in range(rounds):
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi
        from math import pi


def bench_assert_true(rounds):
    x = 1
    for _ in range(rounds):
        assert x
        assert x
        assert x
        assert x
        assert x
        assert x
        assert x
        assert x
        assert x
        assert x


def bench_lambda_made(rounds):
    for _ in range(rounds):
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1
        lambda: 1


def bench_function_made(rounds):
    for _ in range(rounds):
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
        def f(a, b=1): pass
