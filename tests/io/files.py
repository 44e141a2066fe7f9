"""open in all modes, seeking, buffering, newlines, encodings and errors."""
import io, os, sys
with open("t.txt", "w", encoding="utf-8") as f: print(f.write("é1\nline two\n"), f.writelines(["a\n", "b"]), f.tell(), f.name, f.mode, f.encoding, f.closed, f.writable(), f.readable(), f.seekable(), f.isatty(), f.line_buffering, f.errors)
print(f.closed, repr(f))
with open("t.txt", encoding="utf-8") as f: print(f.read(3), repr(f.readline()), f.readlines(), f.read(), f.seek(0), list(f), f.tell())
with open("t.txt", "rb") as f: print(f.read(4), f.tell(), f.seek(-3, 2), f.read(), f.seek(2), f.peek(2)[:2], f.read1(2), f.readinto(b := bytearray(3)), b, type(f).__name__, f.raw.name, f.fileno() > 2)
with open("t.txt", "r+", encoding="utf-8") as f: f.seek(0, 2); f.write("!"); f.seek(0); print(repr(f.read()), f.truncate(5))
print(os.path.getsize("t.txt"), open("t.txt", "a").tell(), open("t.txt", "rb", buffering=0))
with open("x.txt", "x") as f: f.write("new")
try: open("x.txt", "x")
except FileExistsError as error: print(error)
for newline in (None, "", "\n", "\r", "\r\n"):
    with open("n.txt", "w", newline=newline) as f: f.write("a\nb\r\nc\rd")
    raw = open("n.txt", "rb").read(); print(repr(newline), raw, [repr(l) for l in open("n.txt", newline=newline)], open("n.txt").newlines)
with open("b.bin", "wb", buffering=4) as f: print([f.write(bytes([i] * 3)) for i in range(3)], f.flush(), f.tell())
with open("u.bin", "wb", buffering=0) as f: print(f.write(b"raw"), type(f).__name__)
s = io.StringIO("a\nb\n"); print(s.readline(), s.read(), s.seek(1), s.write("XYZ"), s.getvalue(), s.tell(), s.truncate(2), s.getvalue(), list(io.StringIO("x\r\ny", newline=None)))
b = io.BytesIO(b"abc"); print(b.read(1), b.getbuffer().nbytes, b.seek(0, 2), b.write(b"d"), b.getvalue(), b.readinto(bytearray(1)), b.seek(1), b.readline(), b.truncate(2), b.getvalue())
w = io.TextIOWrapper(io.BytesIO(b"\xff\xfeA\x00"), encoding="utf-16"); print(w.read(), w.buffer, w.detach().__class__.__name__) if False else print(w.read(), type(w.buffer).__name__, type(w.detach()).__name__)
t = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace", write_through=True); t.write("é"); print(t.buffer.getvalue(), t.reconfigure(errors="strict"), t.errors)
p = io.BufferedRWPair(io.BytesIO(b"in"), io.BytesIO()); print(p.read(), p.write(b"out")); r = io.BufferedReader(io.BytesIO(b"x" * 10), 4); print(r.read(3), len(r.peek()), r.read())
class Raw(io.RawIOBase):
    def __init__(self): self.chunks = [b"hello ", b"world\nmore", b""]
    def readable(self): return True
    def readinto(self, buf): c = self.chunks.pop(0) if self.chunks else b""; buf[:len(c)] = c; return len(c)
print(io.BufferedReader(Raw()).readline(), io.TextIOWrapper(io.BufferedReader(Raw())).read(), Raw().readall(), list(io.BufferedReader(Raw())))
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
c = open("t.txt"); c.close(); ro = open("t.txt"); wo = open("w.txt", "w"); rb = open("t.txt", "rb")
for source in ("open('nope')", "open('.')", "open('t.txt', 'z')", "open('t.txt', 'br', encoding='x')", "open('t.txt', 'b')", "open('t.txt', 'rw')", "open('t.txt', buffering=0)", "open('t.txt', newline='x')", "open('t.txt', encoding='nope')", "open('t.txt', errors='nope').read()", "c.read()", "ro.write('x')", "wo.read()", "wo.write(b'x')", "rb.write(b'x')", "rb.read('x')", "ro.seek(1, 1)", "ro.seek(-1)", "ro.read('x')", "open(b'\\0')", "open(5.5)", "open(9999)", "open('t.txt', opener=lambda *a: -1)", "io.StringIO(b'x')", "io.BytesIO('x')", "io.StringIO().write(5)", "io.BytesIO().write('x')", "io.TextIOWrapper(5)", "next(wo)", "io.IOBase().read()", "io.RawIOBase().read()", "io.StringIO().fileno()", "open('t.txt', 'rb').read().decode('ascii')", "c.fileno()", "with_ := c.__enter__()", "io.BytesIO().truncate(-1)", "ro.truncate()", "os.open('nope', 0)", "os.read(9999, 1)", "os.close(9999)"):
    attempt(source)
for f in (ro, wo, rb): f.close()
print(open(os.dup(1), "w", closefd=True).write(""), sys.stdout.encoding, sys.stdin.read(), sys.stdout.isatty(), sys.stdout.name, sys.stderr.line_buffering)
