# operator.concat and iconcat take sequences only, whatever `+` would do.
import operator


class Items:
    def __getitem__(self, index):
        if index > 2:
            raise IndexError
        return index


class Sum(Items):
    def __add__(self, other):
        return "added"

    def __iadd__(self, other):
        return "added in place"


class Plain:
    pass


cases = [(Items(), Items()), (Plain(), Items()), (Items(), Plain()), ([1], 5), (1, 2), ({}, {}), (Sum(), Sum()),
         (Sum(), Plain()), (Items(), [1]), ([1], (2,)), ("a", 1), ("a", "b"), ((1,), (2,))]
for f in operator.concat, operator.iconcat:
    for a, b in cases:
        try:
            print(f.__name__, type(a).__name__, type(b).__name__, f(a, b))
        except TypeError as error:
            print(f.__name__, type(a).__name__, type(b).__name__, error)
