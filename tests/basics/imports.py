import math
import os.path
from collections import namedtuple
from functools import reduce as fold

print(math.floor(2.7), os.path.join("a", "b"), fold(lambda a, b: a + b, [1, 2, 3]))
Point = namedtuple("Point", "x y")
print(Point(1, 2), Point(1, 2).x)
