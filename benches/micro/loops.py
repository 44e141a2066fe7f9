"""Loops over each kind of container, comprehensions and generators; ten items a round."""


def numbers():
    yield from range(10)


def counting(n):
    i = 0
    while i < n:
        yield i
        i += 1


class Iter:
    def __init__(self):
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i > 10:
            raise StopIteration
        return self.i


class Sequence:
    def __getitem__(self, i):
        if i >= 10:
            raise IndexError
        return i


def bench_for_range(rounds):
    for _ in range(rounds):
        for i in range(10): pass


def bench_for_list(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for i in x: pass


def bench_for_tuple(rounds):
    x = tuple(range(10))
    for _ in range(rounds):
        for i in x: pass


def bench_for_str(rounds):
    x = "abcdefghij"
    for _ in range(rounds):
        for i in x: pass


def bench_for_bytes(rounds):
    x = b"abcdefghij"
    for _ in range(rounds):
        for i in x: pass


def bench_for_dict(rounds):
    x = dict.fromkeys(range(10))
    for _ in range(rounds):
        for i in x: pass


def bench_for_dict_items(rounds):
    x = dict.fromkeys(range(10))
    for _ in range(rounds):
        for k, v in x.items(): pass


def bench_for_set(rounds):
    x = set(range(10))
    for _ in range(rounds):
        for i in x: pass


def bench_for_enumerate(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for i, v in enumerate(x): pass


def bench_for_zip(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for a, b in zip(x, x): pass


def bench_for_map(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for a in map(str, x): pass


def bench_for_reversed(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for a in reversed(x): pass


def bench_for_iterator_class(rounds):
    for _ in range(rounds):
        for a in Iter(): pass


def bench_for_getitem(rounds):
    for _ in range(rounds):
        for a in Sequence(): pass


def bench_while_loop(rounds):
    for _ in range(rounds):
        i = 0
        while i < 10: i += 1


def bench_generator(rounds):
    for _ in range(rounds):
        for i in counting(10): pass


def bench_yield_from(rounds):
    for _ in range(rounds):
        for i in numbers(): pass


def bench_generator_expression(rounds):
    x = list(range(10))
    for _ in range(rounds):
        for i in (v for v in x): pass


def bench_list_comprehension(rounds):
    x = list(range(10))
    for _ in range(rounds):
        [v for v in x]


def bench_list_comprehension_if(rounds):
    x = list(range(10))
    for _ in range(rounds):
        [v for v in x if v & 1]


def bench_dict_comprehension(rounds):
    x = list(range(10))
    for _ in range(rounds):
        {v: v for v in x}


def bench_set_comprehension(rounds):
    x = list(range(10))
    for _ in range(rounds):
        {v for v in x}


def bench_sum_list(rounds):
    x = list(range(10))
    for _ in range(rounds):
        sum(x)


def bench_sum_generator(rounds):
    x = list(range(10))
    for _ in range(rounds):
        sum(v for v in x)


def bench_min_list(rounds):
    x = list(range(10))
    for _ in range(rounds):
        min(x)


def bench_any_generator(rounds):
    x = list(range(10))
    for _ in range(rounds):
        any(v > 8 for v in x)


def bench_join_generator(rounds):
    x = "abcdefghij"
    for _ in range(rounds):
        "".join(c for c in x)


def bench_list_of_range(rounds):
    for _ in range(rounds):
        list(range(10))


def bench_sorted_key(rounds):
    x = list(range(10))
    for _ in range(rounds):
        sorted(x, key=lambda v: -v)


def bench_nested_for(rounds):
    for _ in range(rounds):
        for i in range(2):
            for j in range(5): pass


def bench_send(rounds):
    def echo():
        while True: yield
    g = echo()
    next(g)
    for _ in range(rounds):
        for i in range(10): g.send(i)


def bench_islice(rounds):
    from itertools import islice
    x = list(range(20))
    for _ in range(rounds):
        list(islice(x, 10))


def bench_chain(rounds):
    from itertools import chain
    x = list(range(5))
    for _ in range(rounds):
        list(chain(x, x))
