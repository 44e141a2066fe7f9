"""Native modules of the library. A round is a pass over a container, or some operations."""


def bench_counter(rounds):
    from collections import Counter
    x = "abracadabra"
    for _ in range(rounds):
        Counter(x)


def bench_defaultdict(rounds):
    from collections import defaultdict
    x = defaultdict(int)
    for _ in range(rounds):
        x["a"] += 1
        x["b"] += 1
        x["c"] += 1
        x["d"] += 1
        x["e"] += 1


def bench_ordered_dict(rounds):
    from collections import OrderedDict
    for _ in range(rounds):
        x = OrderedDict()
        x["a"] = 1
        x["b"] = 2
        x.move_to_end("a")


def bench_deque_rotate(rounds):
    from collections import deque
    x = deque(range(10))
    for _ in range(rounds):
        x.appendleft(x.pop())
        x.append(x.popleft())
        x.rotate(1)


def bench_chain(rounds):
    from itertools import chain
    x = list(range(10))
    for _ in range(rounds):
        for a in chain(x, x): pass


def bench_islice(rounds):
    from itertools import islice
    x = list(range(20))
    for _ in range(rounds):
        for a in islice(x, 5, 15): pass


def bench_product(rounds):
    from itertools import product
    x = [1, 2, 3]
    for _ in range(rounds):
        for a in product(x, x): pass


def bench_combinations(rounds):
    from itertools import combinations
    x = [1, 2, 3, 4, 5]
    for _ in range(rounds):
        for a in combinations(x, 2): pass


def bench_accumulate(rounds):
    from itertools import accumulate
    x = list(range(10))
    for _ in range(rounds):
        for a in accumulate(x): pass


def bench_groupby(rounds):
    from itertools import groupby
    x = "aabbbcdd"
    for _ in range(rounds):
        for k, g in groupby(x): pass


def bench_partial(rounds):
    from functools import partial
    f = partial(abs, -5)
    for _ in range(rounds):
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()
        f()


def bench_lru_cache(rounds):
    from functools import lru_cache
    f = lru_cache(lambda x: x)
    for _ in range(rounds):
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)


def bench_reduce(rounds):
    from functools import reduce
    from operator import add
    x = list(range(10))
    for _ in range(rounds):
        reduce(add, x)


def bench_cmp_to_key(rounds):
    from functools import cmp_to_key
    x = [3, 1, 2]
    k = cmp_to_key(lambda a, b: a - b)
    for _ in range(rounds):
        sorted(x, key=k)


def bench_itemgetter(rounds):
    from operator import itemgetter
    f = itemgetter(1)
    x = (1, 2, 3)
    for _ in range(rounds):
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)


def bench_attrgetter(rounds):
    from operator import attrgetter
    f = attrgetter("real")
    for _ in range(rounds):
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)
        f(1)


def bench_struct_pack(rounds):
    from struct import pack
    for _ in range(rounds):
        pack("<IHb", 1, 2, 3)
        pack("<IHb", 1, 2, 3)
        pack("<IHb", 1, 2, 3)
        pack("<IHb", 1, 2, 3)
        pack("<IHb", 1, 2, 3)


def bench_struct_unpack(rounds):
    from struct import Struct
    f = Struct("<IHb").unpack
    x = b"\1\0\0\0\2\0\3"
    for _ in range(rounds):
        f(x)
        f(x)
        f(x)
        f(x)
        f(x)


def bench_re_search(rounds):
    import re
    f = re.compile(r"[0-9]+").search
    x = "the quick brown fox jumps over 13 lazy dogs"
    for _ in range(rounds):
        f(x)


def bench_re_findall(rounds):
    import re
    f = re.compile(r"\w+").findall
    x = "the quick brown fox jumps over 13 lazy dogs"
    for _ in range(rounds):
        f(x)


def bench_re_sub(rounds):
    import re
    f = re.compile(r"\s+").sub
    x = "the quick brown fox jumps over 13 lazy dogs"
    for _ in range(rounds):
        f("-", x)


def bench_re_sub_function(rounds):
    import re
    f = re.compile(r"\w+").sub
    g = lambda m: m[0]
    x = "the quick brown fox jumps over 13 lazy dogs"
    for _ in range(rounds):
        f(g, x)


def bench_re_split(rounds):
    import re
    f = re.compile(r"[ ,]").split
    x = "the quick,brown fox,jumps over,13 lazy,dogs"
    for _ in range(rounds):
        f(x)


def bench_re_alternatives(rounds):
    import re
    f = re.compile(r"cat|dog|bird").findall
    x = "the quick brown fox jumps over 13 lazy dogs and a bird"
    for _ in range(rounds):
        f(x)


def bench_re_ignore_case(rounds):
    import re
    f = re.compile(r"LAZY", re.I).search
    x = "the quick brown fox jumps over 13 lazy dogs"
    for _ in range(rounds):
        f(x)


def bench_re_module_match(rounds):
    import re
    for _ in range(rounds):
        re.match(r"\d+", "123")
        re.match(r"\d+", "123")
        re.match(r"\d+", "123")
        re.match(r"\d+", "123")
        re.match(r"\d+", "123")


DOCUMENT = {"name": "value", "numbers": [1, 2, 3.5, None, True], "nested": {"a": {"b": "c\n"}}, "text": "é" * 5}


def bench_json_dumps(rounds):
    from json import dumps
    for _ in range(rounds):
        dumps(DOCUMENT)


def bench_json_loads(rounds):
    from json import dumps, loads
    x = dumps(DOCUMENT)
    for _ in range(rounds):
        loads(x)


def bench_pickle_dumps(rounds):
    from pickle import dumps
    for _ in range(rounds):
        dumps(DOCUMENT)


def bench_pickle_loads(rounds):
    from pickle import dumps, loads
    x = dumps(DOCUMENT)
    for _ in range(rounds):
        loads(x)


def bench_copy_deepcopy(rounds):
    from copy import deepcopy
    for _ in range(rounds):
        deepcopy(DOCUMENT)


def bench_random(rounds):
    from random import random
    for _ in range(rounds):
        random()
        random()
        random()
        random()
        random()


def bench_randrange(rounds):
    from random import randrange
    for _ in range(rounds):
        randrange(100)
        randrange(100)
        randrange(100)


def bench_math_floor(rounds):
    from math import floor
    x = 2.5
    for _ in range(rounds):
        floor(x)
        floor(x)
        floor(x)
        floor(x)
        floor(x)


def bench_math_sin(rounds):
    from math import sin
    x = 2.5
    for _ in range(rounds):
        sin(x)
        sin(x)
        sin(x)
        sin(x)
        sin(x)


def bench_math_gcd(rounds):
    from math import gcd
    for _ in range(rounds):
        gcd(84, 36)
        gcd(84, 36)
        gcd(84, 36)
        gcd(84, 36)
        gcd(84, 36)


def bench_math_hypot(rounds):
    from math import hypot
    for _ in range(rounds):
        hypot(3.0, 4.0)
        hypot(3.0, 4.0)
        hypot(3.0, 4.0)
        hypot(3.0, 4.0)
        hypot(3.0, 4.0)


def bench_bytesio_write(rounds):
    import io
    for _ in range(rounds):
        w = io.BytesIO().write
        w(b"hello")
        w(b"hello")
        w(b"hello")
        w(b"hello")
        w(b"hello")


def bench_stringio_lines(rounds):
    import io
    x = "some text\n" * 10
    for _ in range(rounds):
        for line in io.StringIO(x): pass


def bench_print(rounds):
    import io
    out = io.StringIO()
    for _ in range(rounds):
        print("a", 1, file=out)
        print("a", 1, file=out)
        print("a", 1, file=out)


def bench_file_lines(rounds):
    with open(__file__) as file:
        for _ in range(rounds):
            file.seek(0)
            for line in file: pass


def bench_array_append(rounds):
    from array import array
    x = array("i")
    for _ in range(rounds):
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)
        x.append(1)


def bench_heapq(rounds):
    from heapq import heappush, heappop
    x = [1, 2, 3]
    for _ in range(rounds):
        heappush(x, 2)
        heappop(x)


def bench_bisect(rounds):
    from bisect import bisect
    x = list(range(100))
    for _ in range(rounds):
        bisect(x, 70)
        bisect(x, 7)


def bench_datetime_add(rounds):
    from datetime import datetime, timedelta
    x = datetime(2020, 1, 1)
    y = timedelta(hours=5)
    for _ in range(rounds):
        x + y
        x + y
        x + y


def bench_hexlify(rounds):
    from binascii import hexlify, unhexlify
    x = bytes(range(256))
    for _ in range(rounds):
        unhexlify(hexlify(x))


def bench_bytes_translate(rounds):
    x = bytes(range(256))
    table = bytes(reversed(x))
    for _ in range(rounds):
        x.translate(table)
        x.translate(None, b"abc")


def bench_pure_path(rounds):
    from pathlib import PurePosixPath
    x = PurePosixPath("/usr/lib")
    for _ in range(rounds):
        str(x / "python" / "os.py")


def bench_path_exists(rounds):
    from pathlib import Path
    x = Path("/usr")
    for _ in range(rounds):
        x.exists()
        x.is_dir()


def logger():
    import io
    import logging
    log = logging.Logger("bench", logging.INFO)
    log.addHandler(logging.StreamHandler(io.StringIO()))
    return log


def bench_log_message(rounds):
    log = logger()
    for _ in range(rounds):
        log.info("%s and %d", "text", 5)


def bench_log_silent(rounds):
    log = logger()
    for _ in range(rounds):
        log.debug("no")
        log.debug("no")


def bench_decimal_add(rounds):
    from decimal import Decimal
    x = Decimal("1.1")
    for _ in range(rounds):
        x + x
        x + x
        x + x
