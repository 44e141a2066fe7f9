"""Data and non-data descriptors, properties, slots and the order of attribute look-up."""
class Data:
    def __set_name__(self, owner, name): print("set_name", owner.__name__, name); self.name = name
    def __get__(self, obj, owner=None): return f"data {self.name} of {'class' if obj is None else 'instance'}"
    def __set__(self, obj, value): obj.__dict__[self.name] = value; print("set", value)
    def __delete__(self, obj): print("delete")
class NonData:
    def __get__(self, obj, owner): return "nondata"
class C:
    d = Data()
    n = NonData()
    plain = "class value"
c = C()
c.d = 1
print(c.d, c.__dict__, C.d, c.n)
c.n = "own"; c.plain = "own"
print(c.n, c.plain, C.n, vars(c))
del c.d, c.n
print(c.n)
class P:
    def __init__(self): self._x = 1
    @property
    def x(self): "the x"; return self._x
    @x.setter
    def x(self, v): self._x = v
    ro = property(lambda self: "read only")
    w = property(None, lambda self, v: None)
p = P(); p.x = 5
print(p.x, P.x.__doc__, P.x.fget.__name__, P.ro.fset)
for action in ("p.ro = 1", "del p.x", "p.w", "del p.ro", "p.missing", "P.missing", "del p.missing", "c.plain.x = 1", "object().x = 1", "(1).real = 2", "(5).foo", "p.xx", "len.x = 1", "int.x = 1", "None.x = 1", "del C.nothing"):
    try:
        exec(action)
    except (AttributeError, TypeError) as error:
        print(f"{action}: {type(error).__name__}: {error}")
class Get:
    def __getattr__(self, name):
        if name.startswith("dyn"): return name.upper()
        raise AttributeError(f"no {name}", name=name, obj=self)
    def __setattr__(self, name, value): super().__setattr__(name, value * 2)
    def __delattr__(self, name): print("del", name); super().__delattr__(name)
g = Get(); g.a = 2
print(g.a, g.dynamic, hasattr(g, "other"), getattr(g, "other", "default")); del g.a
class All:
    x = 1
    def __getattribute__(self, name):
        return "found" if name == "y" else super().__getattribute__(name)
print(All().x, All().y, All().__class__.__name__)
class S:
    __slots__ = ("a", "b", "__weakref__")
    def __init__(self): self.a = 1
s = S(); print(s.a, S.a, hasattr(s, "__dict__"))
for action in ("s.b", "s.c = 1", "s.__dict__", "del s.b", "S.a.__get__(1)"):
    try:
        exec(action)
    except (AttributeError, TypeError) as error:
        print(f"{action}: {type(error).__name__}: {error}")
class S2(S): __slots__ = ("c",)
s2 = S2(); s2.c = s2.b = 3; print(s2.a, s2.b, s2.c, S2.__slots__)
for body in ("__slots__ = ('x',); x = 1", "__slots__ = ('1a',)", "__slots__ = (1,)", "__slots__ = ('__dict__', '__dict__')"):
    try:
        exec(f"class Bad:\n    {body}")
    except (TypeError, ValueError) as error:
        print(body, "->", type(error).__name__, error)
print(type.__dict__["__dict__"], C.__dict__["plain"], type(C.__dict__).__name__, P.__dict__["ro"].__class__)
