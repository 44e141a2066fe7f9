"""Text, numbers and containers made from a fixed sequence of numbers go through many operations; digests of the results are printed, an operation a line."""

import hashlib

state = 12345


def number(n):
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) & ((1 << 64) - 1)
    return (state >> 33) % n


ALPHABETS = ["ab c,\t\n", "abc'\"\\", "aé\xff\x80b", "aЖ€b ", "a😀b\ud800c", "\x00\x7f\x1f ~", " \x1c\x85\xa0a"]
SPECS = ["", "d", "5", "<5", "^7", "05d", ".2f", "10.3e", "+,d", "_x", "#o", "s", ">6s", ".3", "%", "=+8", "g", "c", "n", "z.1f"]
PERCENTS = ["%s", "%d", "%r", "%5s", "%-5d", "%05.1f", "%x", "%c", "%%", "%.3s", "%i", "%a", "%g", "%(k)s", "%*d", "%.*f", "%q", "%\x1f", "%é", "%"]


def text(most):
    letters = ALPHABETS[number(len(ALPHABETS))] if number(3) else "".join(ALPHABETS)
    return "".join(letters[number(len(letters))] for _ in range(number(most)))


def some_number():
    choices = [number(1000) - 500, number(2**31) ** 2 * (1 - 2 * number(2)), number(10**9) / 10 ** number(12), -number(10**9) / 7,
               10.0 ** (number(40) - 20) * number(1000), number(2**31) ** 5, -(number(2**31) ** 3), True, 0.5 * number(40)]
    return choices[number(len(choices))]


def some_int():
    choices = [number(100) - 50, number(2**31) ** 2, -(number(2**31) ** 3), number(2**31) ** 5, 2**62 + number(9) - 4,
               -(2**62) + number(9) - 4, 2**63, 0, 1, -1]
    return choices[number(len(choices))]


def texts(a, b, c, x, y, z):
    yield "replace", lambda: (a.replace(b, c), a.replace(b, c, x))
    yield "split", lambda: (a.split(), a.split(b or None, z), a.rsplit(b or None, z), a.splitlines(), a.partition(b or ","))
    yield "strip", lambda: (a.strip(), a.lstrip(b), a.rstrip())
    yield "find", lambda: (a.find(b), a.rfind(b, x, y), a.count(b), b in a)
    yield "ends", lambda: (a.startswith(b, z), a.endswith(b), a.startswith((b, c)))
    yield "case", lambda: (a.upper(), a.lower(), a.title(), a.swapcase())
    yield "repr", lambda: repr(a)
    yield "encode", lambda: a.encode()
    yield "encode with handlers", lambda: (a.encode("utf-8", "replace"), a.encode("latin-1", "ignore"))
    yield "slice", lambda: (a[x:y:z or None], a[x])
    yield "join", lambda: (b.join([a, c, b]), b.join(list(a)), b.join((a,)))
    yield "join numbers", lambda: b.join([a, 1])
    yield "add", lambda: (a * z, a + b + c)
    yield "compare", lambda: (a < b, a == b, a >= c)
    yield "pad", lambda: (a.zfill(y), a.center(y), a.ljust(y, "€"))
    yield "int", lambda: int(a)
    yield "float", lambda: float(a)
    d, e = a.encode("utf-8", "replace"), b.encode("utf-8", "replace")
    yield "bytes", lambda: (d + e, d[x:y:z or None], d.find(e), d.replace(e, b"zz"), repr(d), d.split(e or None))
    yield "decode", lambda: (d.decode(), d.decode("utf8"), d.decode("ascii", "replace"))


def formats(v, w, spec, percent, places):
    yield "format", lambda: format(v, spec)
    yield "format method", lambda: ("{:%s}|{!r:>5}" % spec).format(v, w)
    yield "str", lambda: (str(v), repr(v))
    yield "percent pair", lambda: percent % (v, w)
    yield "percent one", lambda: percent % v
    yield "percent mapping", lambda: percent % {"k": v}
    yield "percent bytes", lambda: percent.encode() % (v, w)
    yield "places", lambda: ("%.*f" % (places, v), round(float(v), places - 5))


def integers(p, q):
    yield "sums", lambda: (p + q, p - q, p * q, -p, p < q, p == q)
    yield "quotients", lambda: (p // q, p % q, divmod(p, q), p / q)
    yield "bits", lambda: (p & q, p | q, p ^ q)
    yield "shifts", lambda: (p << q % 70, p >> q % 70)


def containers(l, m, x, y):
    s, t = set(l), set(m)
    d, e = dict(zip(map(str, l), l)), dict(zip(m, l))
    yield "equal", lambda: (l == m, l != m, tuple(l) == tuple(m), d == dict(d), d == e)
    yield "order", lambda: (l < m, tuple(l) >= tuple(m))
    yield "search", lambda: (l.count(1), 1.0 in l, l.index(1))
    yield "sets", lambda: [sorted(map(repr, u)) for u in (s | t, s & t, s - t, s ^ t, t - s)]
    yield "set order", lambda: (s <= t, s == t, s < t, s.isdisjoint(t))
    yield "dicts", lambda: (d | e, d.pop("1", 5), d.setdefault("q", 7), list(d.items()))
    yield "sort", lambda: (sorted(l, key=repr, reverse=x > 0), sorted([(x, 2), (y, "a"), (x, 1)]))


digests, counts = {}, {}


def note(operations):
    for name, operation in operations:
        try:
            result = operation()
        except Exception as error:
            result = type(error).__name__, str(error)
        digests.setdefault(name, hashlib.sha256()).update(ascii(result).encode())
        counts[name] = counts.get(name, 0) + 1


for _ in range(400):
    note(texts(text(20), text(3), text(4), number(24) - 12, number(24) - 12, number(5) - 2))
    spec, percent = SPECS[number(len(SPECS))], PERCENTS[number(len(PERCENTS))] + text(4).replace("\ud800", "") + PERCENTS[number(len(PERCENTS))]
    note(formats(some_number(), some_number(), spec, percent, number(25)))
    note(integers(some_int(), some_int()))
    items = [some_int() if number(2) else text(2) for _ in range(number(5))]
    others = list(items) if number(2) else [text(2), 1.0, 2][: number(4)]
    if not number(3):
        others.append((1, text(2), 2.5))
    note(containers(items, others, number(10) - 5, number(10) - 5))

for name, digest in digests.items():
    print(name, counts[name], digest.hexdigest()[:16])
for code in [0, 9, 30, 31, 32, 126, 127, 128, 255]:
    for template in ("%" + chr(code), b"%" + bytes([code])):
        try:
            print(ascii(template % (1,)))
        except (ValueError, OverflowError) as error:
            print(type(error).__name__, ascii(str(error)))
