"""Reading and writing attributes, one kind each."""


class C:
    in_class = 1

    def __init__(self):
        self.x = 1
        self.y = 2

    @property
    def prop(self):
        return 1

    def method(self):
        pass


class Many:
    def __init__(self):
        for i in range(50):
            setattr(self, f"a{i}", i)


class Slots:
    __slots__ = ("x",)

    def __init__(self):
        self.x = 1


class Dynamic:
    def __getattr__(self, name):
        return 1


class Sub(C):
    pass


class Meta(type):
    x = 1


class WithMeta(metaclass=Meta):
    pass


class Descriptor:
    def __get__(self, obj, owner):
        return 1


class HasDescriptor:
    d = Descriptor()


def bench_instance_read(rounds):
    c = C()
    for _ in range(rounds):
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x


def bench_instance_write(rounds):
    c = C()
    for _ in range(rounds):
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1


def bench_instance_augmented(rounds):
    c = C()
    for _ in range(rounds):
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1
        c.x += 1


def bench_inherited_class_attribute(rounds):
    c = Sub()
    for _ in range(rounds):
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class
        c.in_class


def bench_class_read(rounds):
    for _ in range(rounds):
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class
        C.in_class


def bench_class_method_read(rounds):
    c = C()
    for _ in range(rounds):
        c.method
        c.method
        c.method
        c.method
        c.method
        c.method
        c.method
        c.method
        c.method
        c.method


def bench_property_read(rounds):
    c = C()
    for _ in range(rounds):
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop
        c.prop


def bench_slot_read(rounds):
    c = Slots()
    for _ in range(rounds):
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x
        c.x


def bench_slot_write(rounds):
    c = Slots()
    for _ in range(rounds):
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1
        c.x = 1


def bench_many_attributes(rounds):
    c = Many()
    for _ in range(rounds):
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40
        c.a40


def bench_getattr_fallback(rounds):
    c = Dynamic()
    for _ in range(rounds):
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz
        c.zzz


def bench_descriptor(rounds):
    c = HasDescriptor()
    for _ in range(rounds):
        c.d
        c.d
        c.d
        c.d
        c.d
        c.d
        c.d
        c.d
        c.d
        c.d


def bench_metaclass_attribute(rounds):
    for _ in range(rounds):
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x
        WithMeta.x


def bench_module_attribute(rounds):
    import math
    for _ in range(rounds):
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi
        math.pi


def bench_polymorphic_read(rounds):
    objects = [C(), Sub(), Slots(), C(), Sub()]
    for _ in range(rounds):
        for o in objects:
            o.x
            o.x


def bench_hasattr_missing(rounds):
    c = C()
    for _ in range(rounds):
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")
        hasattr(c, "nope")


def bench_getattr_default(rounds):
    c = C()
    for _ in range(rounds):
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)
        getattr(c, "nope", None)


def bench_setattr_call(rounds):
    c = C()
    for _ in range(rounds):
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)
        setattr(c, "x", 1)


def bench_delete_and_set(rounds):
    c = C()
    for _ in range(rounds):
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x
        c.x = 1; del c.x


def bench_builtin_type_method(rounds):
    x = []
    for _ in range(rounds):
        x.append
        x.append
        x.append
        x.append
        x.append
        x.append
        x.append
        x.append
        x.append
        x.append
