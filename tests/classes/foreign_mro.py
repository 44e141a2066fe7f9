# A metaclass may name classes in the MRO that are no ancestors: their changes are seen nevertheless.


class Meta(type):
    def mro(cls):
        return (cls, Base, object)


class Base:
    value = 1


class Odd(metaclass=Meta):
    pass


print(Base.__subclasses__(), Odd.__bases__, [c.__name__ for c in Odd.__mro__])
for number in range(4):
    Base.value = number
    Base.method = lambda self, n=number: n * 10
    print(Odd.value, Odd().value, Odd().method())
Base.__len__ = lambda self: 6
try:
    print(len(Odd()))
except TypeError as error:
    print(error)
