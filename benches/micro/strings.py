"""Strings and bytes."""


def bench_concat(rounds):
    x = "hello"
    y = "world"
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


def bench_append_in_place(rounds):
    s = ""
    for _ in range(rounds):
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"
        s += "x"


def bench_fstring(rounds):
    x = 1
    y = "two"
    for _ in range(rounds):
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"
        f"{x} and {y}"


def bench_fstring_format(rounds):
    x = 1.5
    y = "a"
    for _ in range(rounds):
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"
        f"{x:.2f} {y:>5}"


def bench_percent(rounds):
    x = "a"
    y = 5
    for _ in range(rounds):
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)
        "%s and %d" % (x, y)


def bench_format_method(rounds):
    x = 1
    y = 2
    for _ in range(rounds):
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)
        "{} {}".format(x, y)


def bench_join_list(rounds):
    x = ["a", "b", "c"]
    for _ in range(rounds):
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)
        ",".join(x)


def bench_split(rounds):
    x = "a b c d"
    for _ in range(rounds):
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()
        x.split()


def bench_split_sep(rounds):
    x = "a,b,c,d"
    for _ in range(rounds):
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")
        x.split(",")


def bench_strip(rounds):
    x = "  ab  "
    for _ in range(rounds):
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()
        x.strip()


def bench_replace(rounds):
    x = "hello"
    for _ in range(rounds):
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")
        x.replace("l", "L")


def bench_find(rounds):
    x = "hello world"
    for _ in range(rounds):
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")
        x.find("o")


def bench_in_str(rounds):
    x = "hello world"
    for _ in range(rounds):
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x
        "wor" in x


def bench_startswith(rounds):
    x = "hello"
    for _ in range(rounds):
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")
        x.startswith("he")


def bench_upper(rounds):
    x = "hello"
    for _ in range(rounds):
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()
        x.upper()


def bench_compare_equal(rounds):
    x = "hello" * 2
    y = "hellohello"[:]
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


def bench_compare_less(rounds):
    x = "hello"
    y = "help"
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


def bench_encode(rounds):
    x = "hello"
    for _ in range(rounds):
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()


def bench_encode_non_ascii(rounds):
    x = "héllo"
    for _ in range(rounds):
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()
        x.encode()


def bench_decode(rounds):
    x = b"hello"
    for _ in range(rounds):
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()
        x.decode()


def bench_int_to_str(rounds):
    x = 12345
    for _ in range(rounds):
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)
        str(x)


def bench_str_to_int(rounds):
    x = "12345"
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


def bench_float_to_str(rounds):
    x = 1.2345
    for _ in range(rounds):
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)


def bench_str_to_float(rounds):
    x = "1.2345"
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


def bench_repr_str(rounds):
    x = "hello"
    for _ in range(rounds):
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)


def bench_ord_chr(rounds):
    x = "a"
    for _ in range(rounds):
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))
        chr(ord(x))


def bench_isdigit(rounds):
    x = "12345"
    for _ in range(rounds):
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()
        x.isdigit()


def bench_hash_new(rounds):
    x = "hello"
    for _ in range(rounds):
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")
        hash(x + "y")


def bench_multiply(rounds):
    x = "ab"
    for _ in range(rounds):
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5
        x * 5


def bench_iterate(rounds):
    x = "abcdefghij"
    for _ in range(rounds):
        for c in x: pass


def bench_bytes_concat(rounds):
    x = b"hello"
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


def bench_bytearray_append(rounds):
    x = bytearray()
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


def bench_regex_match(rounds):
    import re
    m = re.compile(r"(\\w+)-(\\d+)").match
    x = "hello-123"
    for _ in range(rounds):
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)
        m(x)


def bench_stringio_write(rounds):
    import io
    w = io.StringIO().write
    for _ in range(rounds):
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
        w("hello")
