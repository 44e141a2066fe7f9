"""Keyword arguments in the order of the parameters and in others, with and without defaults, for every kind of parameter."""


def plain(a, b, c=3, d=4):
    return a, b, c, d


def only(a, /, b, *, c=5, **rest):
    return a, b, c, rest


def named(*, a, b):
    return a, b


def both(a, *, b, c=3):
    return a, b, c


class C:
    def method(self, x, y=2):
        return self.__class__.__name__, x, y

    def __init__(self, a=1, b=2):
        self.values = a, b


def attempt(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except TypeError as e:
        return str(e)


for _ in range(20):
    results = [
        plain(1, b=2), plain(a=1, b=2), plain(b=2, a=1), plain(1, 2, c=7), plain(1, 2, d=8), plain(1, 2, d=8, c=7),
        plain(a=1, b=2, c=3, d=9), only(1, b=2), only(1, 2, c=3), only(1, b=2, c=3, z=4), only(1, b=2, a=6),
        named(a=1, b=2), named(b=2, a=1), both(1, b=2), both(1, b=2, c=4), both(a=1, b=2, c=4), both(1, c=4, b=2),
        C().method(x=1), C().method(1, y=5), C().method(y=5, x=1), C(a=5).values, C(b=6).values, C(5, b=7).values,
    ]
print(*results, sep="\n")
for call in (
    lambda: plain(a=1), lambda: plain(1, a=2), lambda: plain(1, 2, e=3), lambda: plain(1, 2, 3, 4, d=5),
    lambda: named(a=1), lambda: named(1, b=2), lambda: both(1, 2, c=3), lambda: both(1, b=2, d=3), lambda: only(a=1, b=2), lambda: only(1), lambda: C().method(z=1), lambda: plain(1, 2, 3, 4, 5),
):
    print(attempt(call))
