"""Classes whose instances become descriptors after code that reads them has run often."""


class Late:
    pass


class Owner:
    shared = Late()

    def __init__(self):
        self.own = 1

    own = Late()


class Meta(type):
    attribute = Late()


class Made(metaclass=Meta):
    attribute = "of the class"


def read(owner):
    return owner.own, type(owner.shared).__name__, type(Owner.shared).__name__, Made.attribute


def often(owner):
    for _ in range(100):
        result = read(owner)
    return result


owner = Owner()
print(often(owner))
Late.__get__ = lambda self, instance, cls: "got"
print(often(owner))
Late.__set__ = lambda self, instance, value: print("set", value)
print(often(owner))
owner.own = 2
del Late.__set__
print(often(owner))
del Late.__get__
print(often(owner))


def show(*args):
    return [type(arg).__name__ for arg in args]


class Callable:
    def __call__(self, *args):
        return show(*args)


class Binding(Callable):
    def __get__(self, instance, cls):
        raise AssertionError("__get__ of a descriptor is not bound")


for get in staticmethod(show), Callable(), Binding(), show:
    class Descriptor:
        __get__ = get

    class Holder:
        attribute = Descriptor()

    print(type(get).__name__, Holder.attribute, Holder().attribute)


class NotCallable:
    __get__ = classmethod(show)


class Holder:
    attribute = NotCallable()


try:
    print(Holder.attribute)
except TypeError as error:
    print(error)


# A metaclass that puts a class into the MRO that is no base.
class Base:
    value = 1


class Odd(type):
    def mro(cls):
        return cls, Base, object


class Stranger(metaclass=Odd):
    pass


def value():
    return Stranger.value


for new in 1, 2, 3:
    Base.value = new
    print([value() for _ in range(50)][-1], Stranger().value)


def keywords(**kwargs):
    return kwargs


for mappings in ({1: 2}, {1: 3}), ({"a": 1}, {"a": 2}), ({1: 2}, {}):
    try:
        print(keywords(**mappings[0], **mappings[1]))
    except TypeError as error:
        print(error)
