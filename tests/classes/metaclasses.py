"""Metaclasses, __prepare__, __init_subclass__, __set_name__, __mro_entries__, __class_getitem__."""
class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kw):
        print("prepare", name, [b.__name__ for b in bases], kw)
        return {"injected": 1}
    def __new__(mcls, name, bases, namespace, **kw):
        print("new", name, [k for k in namespace if not k.startswith("__")])
        return super().__new__(mcls, name, bases, namespace)
    def __init__(cls, name, bases, namespace, **kw): print("init", name); super().__init__(name, bases, namespace)
    def __call__(cls, *args, **kw): print("call", cls.__name__); return super().__call__(*args, **kw)
    def __instancecheck__(cls, obj): return obj == 42 or super().__instancecheck__(obj)
    def __subclasscheck__(cls, sub): return sub is int or super().__subclasscheck__(sub)
    def __contains__(cls, x): return x == "in"
    def __len__(cls): return 7
    def __iter__(cls): return iter("meta")
    def __getitem__(cls, key): return f"item {key}"
    def __getattr__(cls, name): return f"meta attribute {name}"
    def __repr__(cls): return f"<Meta {cls.__name__}>"
    @property
    def prop(cls): return "class property"
class A(metaclass=Meta, option=1):
    x = 1
    def __new__(cls, *args): print("A.__new__", args); return super().__new__(cls)
    def __init__(self, *args): print("A.__init__", args)
class B(A): y = 2
b = B(5)
print(type(B), B, B.injected, isinstance(42, A), issubclass(int, A), "in" in A, len(A), list(A), A["k"], A.nothing, A.prop, bool(A))
class Base:
    registry = []
    def __init_subclass__(cls, /, tag=None, **kw): super().__init_subclass__(**kw); cls.registry.append((cls.__name__, tag))
class X(Base, tag="x"): pass
class Y(X): pass
print(Base.registry)
class Entries:
    def __mro_entries__(self, bases): print("mro entries", len(bases)); return (Base,)
class Z(Entries(), tag="z"): pass
print(Z.__bases__, Z.__orig_bases__[0].__class__.__name__)
class G:
    def __class_getitem__(cls, item): return f"{cls.__name__}[{item}]"
print(G[int], G["a", 1])
def actions():
    class M2(type): pass
    class W(metaclass=M2): pass
    yield "conflict", lambda: type("C", (A, W), {})
    yield "layout", lambda: type("C", (int, str), {})
    yield "mro", lambda: type("C", (Base, X), {})
    yield "duplicate", lambda: type("C", (Base, Base), {})
    yield "final", lambda: type("C", (bool,), {})
    yield "keyword", lambda: type("C", (), {}, unknown=1)
    yield "name", lambda: type(1, (), {})
    yield "bases", lambda: type("C", [], {})
    yield "function", lambda: type("C", (type(lambda: 0),), {})
    yield "none", lambda: type("C", (None,), {})
    yield "two", lambda: type("C", ())
    yield "abstract", lambda: object(1)
for name, action in actions():
    try:
        print(name, action())
    except TypeError as error:
        print(f"{name}: {error}")
D = type("D", (), {"__doc__": "made", "f": lambda self: __class__ if False else "f"})
print(D.__name__, D().f(), D.__doc__, D.__module__, D.__mro__, type(D) is type)
class Loud:
    def __set_name__(self, owner, name): raise RuntimeError(f"{name}?")
try:
    class Broken: attr = Loud()
except RuntimeError as error:
    print(error, getattr(error, "__notes__", None))
