"""Built-in functions and iterators over small containers. A round is a pass over a container, or some operations."""

NUMBERS = list(range(10))
WORDS = ["pear", "fig", "apple", "plum", "kiwi", "date", "lime", "nut", "melon", "grape"]


def bench_zip(rounds):
    x = NUMBERS
    for _ in range(rounds):
        for a, b in zip(x, x): pass


def bench_enumerate(rounds):
    x = NUMBERS
    for _ in range(rounds):
        for i, a in enumerate(x): pass


def bench_reversed(rounds):
    x = NUMBERS
    for _ in range(rounds):
        for a in reversed(x): pass


def bench_map_native(rounds):
    x = NUMBERS
    for _ in range(rounds):
        for a in map(abs, x): pass


def bench_map_python(rounds):
    x = NUMBERS
    f = lambda a: a
    for _ in range(rounds):
        for a in map(f, x): pass


def bench_filter_none(rounds):
    x = NUMBERS
    for _ in range(rounds):
        for a in filter(None, x): pass


def bench_list_of_range(rounds):
    for _ in range(rounds):
        list(range(10))


def bench_list_of_map(rounds):
    x = NUMBERS
    for _ in range(rounds):
        list(map(str, x))


def bench_sum_ints(rounds):
    x = NUMBERS
    for _ in range(rounds):
        sum(x)


def bench_sum_floats(rounds):
    x = [1.5] * 10
    for _ in range(rounds):
        sum(x)


def bench_min_list(rounds):
    x = NUMBERS
    for _ in range(rounds):
        min(x)


def bench_max_two(rounds):
    for i in range(rounds):
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)
        max(i, 5)


def bench_max_key(rounds):
    x = WORDS
    for _ in range(rounds):
        max(x, key=len)


def bench_any(rounds):
    x = [0] * 10
    for _ in range(rounds):
        any(x)


def bench_all_generator(rounds):
    x = NUMBERS
    for _ in range(rounds):
        all(a >= 0 for a in x)


def bench_sorted_words(rounds):
    x = WORDS
    for _ in range(rounds):
        sorted(x)


def bench_sorted_key(rounds):
    x = WORDS
    for _ in range(rounds):
        sorted(x, key=len)


def bench_sorted_tuples(rounds):
    x = [(3, "c"), (1, "a"), (2, "b"), (1, "b"), (5, "e"), (4, "d"), (9, "i"), (7, "g"), (8, "h"), (6, "f")]
    for _ in range(rounds):
        sorted(x)


def bench_isinstance(rounds):
    x = 5
    for _ in range(rounds):
        isinstance(x, int)
        isinstance(x, str)
        isinstance(x, (int, str))
        isinstance(x, (str, int))
        isinstance(x, int)
        isinstance(x, str)
        isinstance(x, (int, str))
        isinstance(x, (str, int))
        isinstance(x, int)
        isinstance(x, str)


def bench_getattr(rounds):
    x = 5
    for _ in range(rounds):
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")
        getattr(x, "real")


def bench_list_extend(rounds):
    y = NUMBERS
    for _ in range(rounds):
        x = []
        x.extend(y)
        x.extend(y)


def bench_list_insert(rounds):
    for _ in range(rounds):
        x = [1]
        x.insert(0, 1)
        x.insert(0, 1)
        x.insert(1, 1)
        x.insert(1, 1)


def bench_list_index_of(rounds):
    x = NUMBERS
    for _ in range(rounds):
        x.index(9)


def bench_list_count(rounds):
    x = WORDS
    for _ in range(rounds):
        x.count("nut")


def bench_dict_pop(rounds):
    x = {"a": 1}
    for _ in range(rounds):
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)
        x.pop("z", None)


def bench_dict_update(rounds):
    y = dict.fromkeys(WORDS)
    for _ in range(rounds):
        x = {"fig": 1}
        x.update(y)


def bench_dict_copy(rounds):
    x = dict.fromkeys(WORDS)
    for _ in range(rounds):
        x.copy()


def bench_dict_items(rounds):
    x = dict.fromkeys(WORDS)
    for _ in range(rounds):
        for k, v in x.items(): pass


def bench_dict_values(rounds):
    x = dict.fromkeys(WORDS)
    for _ in range(rounds):
        for v in x.values(): pass


def bench_dict_comprehension(rounds):
    y = WORDS
    for _ in range(rounds):
        {k: 1 for k in y}


def bench_dict_of_pairs(rounds):
    y = [("a", 1), ("b", 2), ("c", 3)]
    for _ in range(rounds):
        dict(y)


def bench_dict_keys_and(rounds):
    x = dict.fromkeys(WORDS)
    y = {"fig": 1, "z": 2}
    for _ in range(rounds):
        x.keys() & y.keys()


def bench_dict_equal(rounds):
    x = dict.fromkeys(WORDS)
    y = dict.fromkeys(WORDS)
    for _ in range(rounds):
        x == y


def bench_set_difference(rounds):
    x = set(WORDS)
    y = {"fig", "nut"}
    for _ in range(rounds):
        x - y


def bench_set_symmetric(rounds):
    x = set(WORDS)
    y = {"fig", "nut", "z"}
    for _ in range(rounds):
        x ^ y


def bench_set_subset(rounds):
    x = set(WORDS)
    y = {"fig", "nut"}
    for _ in range(rounds):
        y <= x


def bench_set_of_list(rounds):
    x = WORDS
    for _ in range(rounds):
        set(x)


def bench_set_comprehension(rounds):
    x = NUMBERS
    for _ in range(rounds):
        {a & 3 for a in x}


def bench_set_discard(rounds):
    x = {1, 2, 3}
    for _ in range(rounds):
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)
        x.discard(9)


def bench_frozenset_hash(rounds):
    x = WORDS
    for _ in range(rounds):
        hash(frozenset(x))


def bench_tuple_of_list(rounds):
    x = NUMBERS
    for _ in range(rounds):
        tuple(x)


def bench_tuple_concat(rounds):
    x = (1, 2)
    for _ in range(rounds):
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x


def bench_slice_object(rounds):
    x = NUMBERS
    s = slice(2, 5)
    for _ in range(rounds):
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
        x[s]
