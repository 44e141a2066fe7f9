"""Lists, tuples, dicts, sets, slices."""


def bench_list_index(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]


def bench_list_index_negative(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]
        x[-1]


def bench_list_store(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5
        x[1] = 5


def bench_tuple_index(rounds):
    x = (1, 2, 3)
    for _ in range(rounds):
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]


def bench_str_index(rounds):
    x = "abc"
    for _ in range(rounds):
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]


def bench_bytes_index(rounds):
    x = b"abc"
    for _ in range(rounds):
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]


def bench_list_slice(rounds):
    x = [1, 2, 3, 4]
    for _ in range(rounds):
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]


def bench_list_slice_step(rounds):
    x = [1, 2, 3, 4]
    for _ in range(rounds):
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]
        x[::2]


def bench_str_slice(rounds):
    x = "abcd"
    for _ in range(rounds):
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]


def bench_tuple_slice(rounds):
    x = (1, 2, 3, 4)
    for _ in range(rounds):
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]
        x[1:3]


def bench_slice_store(rounds):
    x = [1, 2, 3]
    y = [9]
    for _ in range(rounds):
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y
        x[1:2] = y


def bench_list_display(rounds):
    x = 2
    for _ in range(rounds):
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]
        [1, x, 3]


def bench_tuple_display(rounds):
    x = 2
    for _ in range(rounds):
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)
        (1, x, 3)


def bench_dict_display(rounds):
    x = 1
    for _ in range(rounds):
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}
        {"a": x, "b": 2}


def bench_set_display(rounds):
    x = 2
    for _ in range(rounds):
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}
        {1, x, 3}


def bench_list_append_pop(rounds):
    x = []
    for _ in range(rounds):
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()
        x.append(1); x.pop()


def bench_list_concat(rounds):
    x = [1, 2]
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


def bench_list_repeat(rounds):
    x = [0]
    for _ in range(rounds):
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10
        x * 10


def bench_list_in(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x
        3 in x


def bench_list_compare(rounds):
    x = [1, 2, 3]
    y = [1, 2, 3]
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


def bench_list_copy(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()
        x.copy()


def bench_list_sort(rounds):
    x = [3, 1, 2, 5, 4]
    for _ in range(rounds):
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)
        sorted(x)


def bench_list_reverse(rounds):
    x = [1, 2, 3]
    for _ in range(rounds):
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()
        x.reverse()


def bench_dict_get_str(rounds):
    x = {"a": 1, "b": 2}
    for _ in range(rounds):
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]
        x["b"]


def bench_dict_get_int(rounds):
    x = {1: 1, 2: 2}
    for _ in range(rounds):
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]
        x[2]


def bench_dict_get_tuple(rounds):
    k = (1, 2)
    x = {k: 1}
    for _ in range(rounds):
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]
        x[k]


def bench_dict_get_method(rounds):
    x = {"a": 1, "b": 2}
    for _ in range(rounds):
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")
        x.get("b")


def bench_dict_get_missing(rounds):
    x = {"a": 1, "b": 2}
    for _ in range(rounds):
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")
        x.get("z")


def bench_dict_set(rounds):
    x = {}
    for _ in range(rounds):
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1
        x["a"] = 1


def bench_dict_in(rounds):
    x = {"a": 1}
    for _ in range(rounds):
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x
        "a" in x


def bench_dict_not_in(rounds):
    x = {"a": 1}
    for _ in range(rounds):
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x
        "z" in x


def bench_dict_set_new(rounds):
    x = {}
    i = 0
    for _ in range(rounds):
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1
        x[i] = 1; i += 1


def bench_dict_delete(rounds):
    x = {}
    for _ in range(rounds):
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]
        x["a"] = 1; del x["a"]


def bench_dict_merge(rounds):
    x = {"a": 1}
    y = {"b": 2}
    for _ in range(rounds):
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y


def bench_dict_setdefault(rounds):
    x = {}
    for _ in range(rounds):
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)
        x.setdefault("a", 1)


def bench_set_in(rounds):
    x = {1, 2, 3}
    for _ in range(rounds):
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x
        2 in x


def bench_set_add(rounds):
    x = {1}
    for _ in range(rounds):
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)
        x.add(2)


def bench_set_union(rounds):
    x = {1, 2}
    y = {3}
    for _ in range(rounds):
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y
        x | y


def bench_set_intersection(rounds):
    x = {1, 2}
    y = {2}
    for _ in range(rounds):
        x & y
        x & y
        x & y
        x & y
        x & y
        x & y
        x & y
        x & y
        x & y
        x & y


def bench_deque_append(rounds):
    import collections
    x = collections.deque(maxlen=10)
    for _ in range(rounds):
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)


def bench_namedtuple_read(rounds):
    import collections
    x = collections.namedtuple("P", "a b")(1, 2)
    for _ in range(rounds):
        x.a
        x.a
        x.a
        x.a
        x.a
        x.a
        x.a
        x.a
        x.a
        x.a


def bench_tuple_hash(rounds):
    x = (1, 2, 3)
    for _ in range(rounds):
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)


def bench_tuple_compare(rounds):
    x = (1, 2, 3)
    y = (1, 2, 4)
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
