"""`super().method()` follows changes of the classes, and tells instances, classes and metaclasses apart."""


class A:
    def f(self):
        return "A.f"

    @classmethod
    def make(cls):
        return "A.make " + cls.__name__

    @staticmethod
    def plain():
        return "A.plain"

    value = 1


class B(A):
    def f(self):
        return "B.f " + super().f()

    @classmethod
    def make(cls):
        return "B.make " + super().make()

    def others(self):
        return super().plain(), super().value, super().__class__.__name__


class C(B):
    def f(self):
        return "C.f " + super().f()


def calls(o, n=6):
    return {o.f() for _ in range(n)}


b, c = B(), C()
print(calls(b), calls(c), b.others(), c.others(), B.make(), C.make())
A.f = lambda self: "new"
print(calls(b), calls(c))


class M:
    def f(self):
        return "M.f " + super().f()


class D(B, M, A):
    pass


print(calls(D()), calls(c))
del B.f
print(calls(c), calls(D()))
B.f = lambda self: "B again"
print(calls(c))
C.__bases__ = (A,)
try:
    calls(c)
except TypeError as e:
    print(e)
C.__bases__ = (B,)
print(calls(c))
A.f = 5
try:
    M.f(D())
except TypeError as e:
    print(e)
A.f = staticmethod(lambda: "static")
print([M.f(D()) for _ in range(4)])


# The first argument may be a class whose metaclass inherits from the class of the method.
class Meta(type):
    def g(cls):
        return "Meta.g"


class Sub(Meta):
    def g(cls):
        return "Sub.g " + super().g()


class Plain(metaclass=Sub):
    pass


class MetaOfMeta(Sub):
    pass


class Deep(MetaOfMeta, metaclass=MetaOfMeta):
    pass


for cls in (Plain, Plain, Deep, Plain, Deep, Plain):
    try:
        print(Sub.g(cls))
    except TypeError as e:
        print(e)
try:
    Sub.g(object())
except TypeError as e:
    print(e)
try:
    Sub.g(int)
except TypeError as e:
    print(e)


class Swapped:
    def f(self):
        return "Swapped"


class Other(Swapped):
    def f(self):
        __class__
        return super().f()


o = Other()
print([o.f() for _ in range(3)])


class Unrelated:
    pass


for _ in range(2):
    try:
        Other.f(Unrelated())
    except TypeError as e:
        print(e)
u = Unrelated()
o.__class__ = Unrelated
try:
    Other.f(o)
except TypeError as e:
    print(e)
