"""A BytesIO and the bytes that it was made from are one until something is written."""

import io

data = b"some bytes, more than a few"
stream = io.BytesIO(data)
print(stream.read() is data, stream.getvalue() is data, stream.read())
stream.seek(0)
print(stream.read(4), stream.read(100), stream.seek(0), stream.read(len(data)) is data, stream.seek(0), stream.read1() is data)

# What is written is the stream's alone.
stream.seek(5)
stream.write(b"BYTES")
print(stream.getvalue(), data)
kept = stream.getvalue()
print(stream.getvalue() is kept, kept is data)
stream.seek(0)
stream.write(b"S")
print(kept, stream.getvalue(), stream.tell())

for change in (
    lambda stream: stream.truncate(4),
    lambda stream: stream.truncate(40),
    lambda stream: stream.seek(30) and stream.write(b"!"),
    lambda stream: stream.write(b""),
    lambda stream: stream.getbuffer().__setitem__(0, 83),
    lambda stream: stream.__init__(b"other"),
    lambda stream: stream.__init__(),
    lambda stream: stream.__setstate__((b"state", 2, None)),
):
    stream = io.BytesIO(data)
    change(stream)
    print(stream.getvalue(), stream.getvalue() is data, stream.tell())
print(data)

# A line that is all there is, and other kinds of bytes.
line = b"one line\n"
print(io.BytesIO(line).readline(), list(io.BytesIO(line + line)), io.BytesIO(b"").read(), io.BytesIO().getvalue())


class Bytes(bytes):
    pass


print(type(io.BytesIO(Bytes(data)).read()), type(io.BytesIO(bytearray(data)).getvalue()), io.BytesIO(memoryview(data)[3:9]).read())

# A buffer that is lent stays in its place.
stream = io.BytesIO(data)
with stream.getbuffer() as view:
    view[:4] = b"SOME"
    print(stream.getvalue(), stream.getvalue() is stream.getvalue())
    for change in (lambda: stream.write(b"x"), lambda: stream.truncate(1), lambda: stream.__init__(b""), stream.close):
        try:
            print(change())
        except BufferError as error:
            print(error)
    view[5:10] = b"BYTES"
print(stream.getvalue(), data)
target = bytearray(8)
stream.seek(2)
print(stream.readinto(target), target, stream.readinto(memoryview(target)[4:]), target)
stream.close()
for use in (stream.read, stream.getvalue, stream.getbuffer, lambda: stream.write(b"")):
    try:
        use()
    except ValueError as error:
        print(error)
