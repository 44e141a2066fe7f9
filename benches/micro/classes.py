"""Making classes and instances, special methods."""


class Empty:
    pass


class Init:
    def __init__(self, a, b):
        self.a = a
        self.b = b


class Slots:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a = a
        self.b = b


class Child(Init):
    def __init__(self, a, b):
        super().__init__(a, b)


class Operators:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return self.v + other.v

    def __eq__(self, other):
        return self.v == other.v

    def __lt__(self, other):
        return self.v < other.v

    def __hash__(self):
        return 1

    def __len__(self):
        return 1

    def __getitem__(self, i):
        return i

    def __contains__(self, x):
        return True

    def __bool__(self):
        return True

    def __repr__(self):
        return "x"


def bench_instance_empty(rounds):
    for _ in range(rounds):
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()
        Empty()


def bench_instance_init(rounds):
    for _ in range(rounds):
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)
        Init(1, 2)


def bench_instance_slots(rounds):
    for _ in range(rounds):
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)
        Slots(1, 2)


def bench_instance_super_init(rounds):
    for _ in range(rounds):
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)
        Child(1, 2)


def bench_instance_dataclass(rounds):
    import dataclasses
    @dataclasses.dataclass
    class P:
        x: int
        y: int
    for _ in range(rounds):
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)


def bench_instance_namedtuple(rounds):
    import collections
    P = collections.namedtuple("P", "x y")
    for _ in range(rounds):
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)
        P(1, 2)


def bench_class_statement(rounds):
    for _ in range(rounds):
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass
        class C: pass


def bench_class_with_method(rounds):
    for _ in range(rounds):
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass
        class C:
            def m(self): pass


def bench_type_call(rounds):
    for _ in range(rounds):
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})
        type("C", (), {})


def bench_dunder_add(rounds):
    x = Operators(1)
    for _ in range(rounds):
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x
        x + x


def bench_dunder_eq(rounds):
    x = Operators(1)
    for _ in range(rounds):
        x == x
        x == x
        x == x
        x == x
        x == x
        x == x
        x == x
        x == x
        x == x
        x == x


def bench_dunder_lt(rounds):
    x = Operators(1)
    for _ in range(rounds):
        x < x
        x < x
        x < x
        x < x
        x < x
        x < x
        x < x
        x < x
        x < x
        x < x


def bench_dunder_hash(rounds):
    x = Operators(1)
    for _ in range(rounds):
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)
        hash(x)


def bench_dunder_len(rounds):
    x = Operators(1)
    for _ in range(rounds):
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)
        len(x)


def bench_dunder_getitem(rounds):
    x = Operators(1)
    for _ in range(rounds):
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]
        x[1]


def bench_dunder_contains(rounds):
    x = Operators(1)
    for _ in range(rounds):
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x
        1 in x


def bench_dunder_bool(rounds):
    x = Operators(1)
    for _ in range(rounds):
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x
        not x


def bench_dunder_repr(rounds):
    x = Operators(1)
    for _ in range(rounds):
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)
        repr(x)


def bench_issubclass(rounds):
    for _ in range(rounds):
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)
        issubclass(Child, Init)


def bench_weakref(rounds):
    from weakref import ref as r
    x = Empty()
    for _ in range(rounds):
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)
        r(x)


def bench_enum_member(rounds):
    import enum
    class E(enum.Enum):
        A = 1
    for _ in range(rounds):
        E.A
        E.A
        E.A
        E.A
        E.A
        E.A
        E.A
        E.A
        E.A
        E.A


def bench_enum_by_value(rounds):
    import enum
    class E(enum.Enum):
        A = 1
    for _ in range(rounds):
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)
        E(1)


def bench_copy_instance(rounds):
    from copy import copy as c
    x = Empty()
    for _ in range(rounds):
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)
        c(x)


def bench_del_method(rounds):
    class D:
        def __del__(self): pass
    for _ in range(rounds):
        D()
        D()
        D()
        D()
        D()
        D()
        D()
        D()
        D()
        D()
