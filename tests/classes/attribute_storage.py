"""Where instances keep their attributes, and what may change."""


def t(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e, *getattr(e, "__notes__", ()))


class A:
    x = 1

    def __init__(self, *names):
        for i, n in enumerate(names):
            setattr(self, n, i)


# Order of insertion, whatever order the class saw first.
for names in ("abc", "cba", "bd", "", "abcdefghijklmnopqrstuvwxyz", "zyx"):
    print(vars(A(*names)))
many = A(*(f"n{i}" for i in range(100)))
print(len(vars(many)), many.n99, list(vars(many))[:3])

a = A("p", "q", "r")
del a.q
t(lambda: a.q)
t(lambda: delattr(a, "q"))
a.q = 5
print(vars(a))
a.__dict__["s"] = 6
print(a.s, vars(a))
del a.s
print("s" in vars(a))
a.__dict__ = {"only": 1}
print(vars(a), a.only)
t(lambda: a.p)
t(lambda: setattr(a, "__dict__", 3))
del a.__dict__
print(vars(a))
a.x = 2
print(a.x, A.x)
del a.x
print(a.x)
t(lambda: delattr(a, "x"))
t(lambda: setattr(a, 1, 2))
t(lambda: getattr(a, 1))


class S:
    __slots__ = ("b", "a", "__private")
    c = 3

    def __init__(self):
        self.__private = 1


s = S()
t(lambda: s.a)
s.a = 1
print(s.a, S.a, S._S__private, sorted(S.__slots__))
del s.a
t(lambda: delattr(s, "a"))
t(lambda: setattr(s, "d", 1))
t(lambda: setattr(s, "c", 1))
t(lambda: delattr(s, "c"))
t(lambda: s.__dict__)
t(lambda: S.a.__get__(1))


class SD(S):
    __slots__ = ("__dict__", "e")


d = SD()
d.a, d.e, d.f = 1, 2, 3
print(d.a, d.e, d.f, vars(d))


class SS(str):
    __slots__ = ("tag",)


ss = SS("text")
t(lambda: ss.tag)
ss.tag = 1
print(ss, ss.tag)
t(lambda: setattr(ss, "other", 1))

for slots in (["1"], [1], ["a", "a"], ["__dict__", "__dict__"], ["__weakref__"] * 2, "ab", ("x",)):
    t(lambda: type("T", (), {"__slots__": slots}).__name__)
t(lambda: type("T", (), {"__slots__": ["a"], "a": 1}))
t(lambda: type("T", (int,), {"__slots__": ["a"]}))
t(lambda: type("T", (tuple,), {"__slots__": ["a"]}))
t(lambda: type("T", (A,), {"__slots__": ["__dict__"]}))

# Subclasses of built-in types.
for base in (int, float, str, bytes, tuple, list, dict, set, frozenset, complex, Exception, type(None)):
    def make():
        cls = type("T", (base,), {})
        o = cls()
        o.attr = 1
        return base.__name__, o == base(), vars(o), o.attr
    t(make)


# Changing the class.
class B:
    pass


class C:
    __slots__ = ()


b = B()
b.k = 1
b.__class__ = A
print(type(b).__name__, b.k, b.x)
t(lambda: setattr(b, "__class__", C))
t(lambda: setattr(b, "__class__", int))
t(lambda: setattr(b, "__class__", 1))
t(lambda: delattr(b, "__class__"))
t(lambda: setattr(1, "__class__", B))


class D(A):
    pass


class E(D):
    pass


e = E("v")
E.__bases__ = (B,)
print(E.__mro__, vars(e), hasattr(e, "x"))
t(lambda: setattr(E, "__bases__", ()))
t(lambda: setattr(E, "__bases__", 1))
t(lambda: setattr(E, "__bases__", (1,)))
t(lambda: setattr(E, "__bases__", (E,)))
t(lambda: setattr(E, "__bases__", (C,)))
t(lambda: setattr(E, "__bases__", (int,)))
print(D.__subclasses__(), B.__subclasses__())
E.__bases__ = (D,)
print(e.x, D.__subclasses__(), B.__subclasses__())

# Special methods that come and go.
class F:
    pass


class G(F):
    pass


g = G()
t(lambda: len(g))
F.__len__ = lambda self: 3
print(len(g), bool(g))
F.__bool__ = lambda self: False
print(bool(g))
G.__len__ = lambda self: 4
print(len(g))
del F.__len__
print(len(g))
del G.__len__
t(lambda: len(g))
F.__getattr__ = lambda self, n: n.upper()
print(g.anything)
del F.__getattr__
t(lambda: g.anything)
F.__eq__ = lambda self, o: True
print(g == 3, g != 3, hash(g) == object.__hash__(g))
F.__hash__ = None
t(lambda: hash(g))
