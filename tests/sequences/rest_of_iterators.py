"""Iterators that hand out what they have left at once: after some steps, after the end, and when what they run over changed."""

import array
import collections
import itertools
import math
import operator

made = {i: str(i) for i in range(12)}
for key in (3, 7, 9):
    del made[key]
numbers = list(range(9))
queue = collections.deque(numbers, 20)
queue.rotate(4)

ITERATORS = [
    lambda: iter(made), lambda: iter(made.values()), lambda: iter(made.items()),
    lambda: reversed(made), lambda: reversed(made.values()), lambda: reversed(made.items()),
    lambda: reversed(numbers), lambda: iter(queue), lambda: reversed(queue),
    lambda: itertools.repeat("x", 9), lambda: iter(set(numbers)), lambda: iter(array.array("h", numbers)),
    lambda: iter(array.array("w", "iterators")),
]
for make in ITERATORS:
    for steps in (0, 1, 8, 9):
        for take in (list, tuple, lambda it: [*it, 0], lambda it: operator.iadd([1], it)):
            it = make()
            first = list(itertools.islice(it, steps))
            left = operator.length_hint(it, -1)
            print(type(it).__name__, first, left, take(it), list(it), operator.length_hint(it, -1))


def attempt(f):
    try:
        return f()
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def changed(it, change):
    next(it)
    change()
    print(type(it).__name__, attempt(lambda: list(it)), attempt(lambda: list(it)))


for direction in (iter, reversed):
    d = {1: 1, 2: 2, 3: 3}
    changed(direction(d), lambda: d.update({9: 9}))
    d = {1: 1, 2: 2, 3: 3}
    changed(direction(d), lambda: (d.pop(2), d.update({7: 7})))
    d = {1: 1, 2: 2, 3: 3}
    changed(direction(d.items()), lambda: (d.pop(1), d.update({7: 7})))
    q = collections.deque([1, 2, 3])
    changed(direction(q), lambda: q.append(4))
    numbers = [1, 2, 3, 4]
    changed(direction(numbers), lambda: numbers.pop())
    numbers = [1, 2, 3, 4]
    changed(direction(numbers), lambda: numbers.append(5))


class Repeat(itertools.repeat):
    count = 0

    def __next__(self):
        self.count += 1
        if self.count > 3:
            raise StopIteration
        return self.count


print(list(Repeat(0, 9)), tuple(Repeat(0, 9)), [*Repeat(0, 9)])
numbers = [1, 2, 3]
numbers.extend(reversed(numbers))
print(numbers)
print(attempt(lambda: list(itertools.repeat(0, 2**62))))

words = array.array("i", range(-3, 9))
print(sum(words), sum(words, 0.5), sum(words, 2**70), attempt(lambda: sum(array.array("w", "ab"))))
inf, nan, most = math.inf, math.nan, 1e308
print(math.fsum([most, nan, most]), math.fsum([most, inf, most]), attempt(lambda: math.fsum([most, most])))
