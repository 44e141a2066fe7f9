import sys, os.path as path
from collections import namedtuple

class Point(namedtuple("Point", "x y")):
    """A class."""
    __slots__ = ()
    limit = 10
    @property
    def size(self) -> float:
        return (self.x ** 2 + self.y ** 2) ** 0.5

def numbers(count, *more, step=1, **others):
    for i in range(0, count, step):
        if i % 3 and not others:
            yield i
    yield from more

texts = [f"{i:>4}" + str(i).upper() for i in numbers(20, 1.5, 10 ** 20)]
table = {text.strip(): len(text) for text in texts if text.startswith(" ")}
points = sorted({Point(i, -i) for i in numbers(9)}, key=lambda point: point.size)
try:
    with open(path.join(path.sep, "no", "such file")) as file:
        texts += file.read().splitlines()
except OSError as error:
    texts[1:3] = [repr(error), ", ".join(table)]
while points and texts[0] != "x":
    *points, last = points
print(texts, "%s %d" % (last, last.x), sum(table.values()), file=sys.stdout)
