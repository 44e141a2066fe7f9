"""A plain value that only the metaclass has, read through the class again and again."""


class Meta(type):
    shared = 1


class C(metaclass=Meta):
    pass


def read():
    return C.shared


for _ in range(50):
    read()
print(read())
Meta.shared = 2
print(read())
C.shared = 3
print(read(), Meta.shared)
del C.shared, Meta.shared
try:
    read()
except AttributeError as e:
    print(e)
