"""bytes, bytearray and memoryview."""
b = b"Hello\x00\xff"
print(b, b[0], b[1:3], list(b[:2]), b + b"!", b * 2, len(b), b.hex(), b.hex("-", 2), bytes.fromhex("48 65"), bytes(3), bytes([1, 2]), bytes("é", "utf8"), bytes(b"x"), bytes(range(3)), b"a" in b, 72 in b)
print(b.find(b"l"), b.find(108), b.count(b"l"), b.upper(), b.replace(b"l", b"LL"), b.split(b"l"), b"a b\tc".split(), b"-".join([b"a", b"b"]), b.startswith(b"He"), b.strip(b"H"), b.center(11, b"*"), b"a,b".partition(b","), b"ab\ncd".splitlines(), b"abc".translate(bytes.maketrans(b"ab", b"xy"), b"c"), b"5".zfill(3), b"a\tb".expandtabs(3))
print(b"%d %s %b %a %x %c" % (1, b"s", b"b", "é", 255, 65), b"a" < b"b", b"a" == "a", hash(b"a") == hash(b"a"), b"a\"'", b"\t\n\r\\", b"abc".isalpha(), b"12".isdigit(), b"Ab".swapcase(), b"ab cd".title(), b"abc"[::-1], b"x".removeprefix(b"x"))
a = bytearray(b"abc")
a[0] = 65; a.append(100); a.extend(b"ef"); a[1:3] = b"XYZ"; a += b"!"; del a[0]; a.insert(0, 48); print(a, a.pop(), a.pop(0), a, a.remove(ord("Y")), a, a.reverse(), a, a.copy() == a, a * 2, a.clear(), a, bytearray(5), bytearray("é", "latin1"))
a = bytearray(range(10)); a[::2] = b"\0" * 5; print(a, a[3:7], a.find(3), bytes(a)[:3], type(a + b"x"), type(b"x" + a), a == bytes(a)); a.resize(3) if hasattr(a, "resize") else None; print(a)
m = memoryview(bytearray(b"0123456789"))
m[0] = 65; m[1:3] = b"BC"; print(m[0], bytes(m), m[2:5].tobytes(), len(m), m.format, m.itemsize, m.shape, m.strides, m.readonly, m.ndim, m.nbytes, m.c_contiguous, m[::-2].tolist(), m.obj, m == b"ABC3456789", m.hex())
c = m.cast("H"); print(c.shape, c[0], c.format, c.tolist()[:2]); two = memoryview(bytes(range(12))).cast("B", (3, 4)); print(two.tolist(), two[1, 2], two.shape, two.strides)
with memoryview(b"abc") as v: print(v.readonly, hash(v) == hash(b"abc"), v.toreadonly() == v)
import array
arr = array.array("i", [1, 2, 3]); mv = memoryview(arr); mv[1] = 99; print(arr, mv.format, mv.tolist(), mv.itemsize); mv.release()
class Buf:
    def __buffer__(self, flags): return memoryview(b"from python")
print(bytes(Buf()), b"".join([b"a", bytearray(b"b"), memoryview(b"c")]), bytes(memoryview(b"abcdef")[::2]), memoryview(b"a") == memoryview(bytearray(b"a")))
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
e = bytearray(b"ex"); x = memoryview(e)
for source in ("bytes([256])", "bytes(-1)", "bytes('a')", "bytes(1.5)", "bytes('a', 'b', 'c', 'd')", "b'a' + 'b'", "b'a'[5]", "b'a'.join(['a'])", "b'a'.find('a')", "b'a'.replace('a', b'b')", "bytes.fromhex('zz')", "bytes.fromhex('a')", "bytearray(b'a').append(256)", "bytearray(b'').pop()", "bytearray(b'a').remove(1)", "e.append(1)", "e.clear()", "memoryview('a')", "memoryview(b'a').__setitem__(0, 1)", "x.__setitem__(0, 'a')", "x.__setitem__(0, 300)", "x.__setitem__(slice(0, 1), b'ab')", "v[0]", "x.cast('H', (5,))", "x.cast('q')", "hash(x)", "x[5]", "x[0, 0]", "b'%s' % 'a'", "b'%d' % 'a'", "b'a'.decode('nope')", "b'\\xe9'.decode('ascii')", "int(b'x')", "ord(b'ab')", "b'a' * 1.5", "b'a' < 'b'", "memoryview(b'')[0]", "bytes(Buf)", "5 in b'a' and 300 in b'a'", "b'abc'.hex('ab')", "b'a'.center(5, b'ab')"):
    attempt(source)
