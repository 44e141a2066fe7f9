"""MRO, super in all forms, cooperative calls, __class__ assignment, name mangling."""
class A:
    def who(self): return ["A"]
class B(A):
    def who(self): return ["B"] + super().who()
class C(A):
    def who(self): return ["C"] + super(C, self).who()
class D(B, C):
    def who(self): return ["D"] + super().who()
    @classmethod
    def cm(cls): return super().__repr__ is not None, cls.__name__
    @staticmethod
    def sm(): return [k.__name__ for k in D.__mro__]
d = D()
print(d.who(), D.sm(), d.cm(), super(B, d).who(), super(D, D).who(d))
print(super(C, d), type(super(C, d)), super(B, d).__thisclass__.__name__, super(B, d).__self_class__.__name__)
print(A.__subclasses__(), D.__bases__, D.__base__, D.mro() == list(D.__mro__), issubclass(D, (int, A)))
class Private:
    def __init__(self): self.__x = 1; self.__y_ = 2; self._Private__z__ = 3
    def get(self): return self.__x
    class Inner:
        __attr = 5
class _Under(Private):
    def __init__(self): super().__init__(); self.__x = 10
print(vars(Private()), vars(_Under()), _Under().get(), [n for n in vars(Private.Inner) if "attr" in n])
class E:
    def __init__(self): self.v = 1
class F:
    def show(self): return f"F with {self.v}"
e = E(); e.__class__ = F
print(e.show(), type(e).__name__, isinstance(e, F))
for action in ("e.__class__ = int", "e.__class__ = 5", "del e.__class__", "A.__bases__ = ()", "A.__name__ = 1", "int.__bases__ = (object,)", "super()", "super(B, 5)", "super(1, 2)", "super().x", "D.__bases__ = (int,)"):
    try:
        exec(action)
    except Exception as error:
        print(f"{action}: {type(error).__name__}: {error}")
class P1:
    def f(self): return "P1"
class P2:
    def f(self): return "P2"
class Q(P1): pass
q = Q(); print(q.f(), end=" "); Q.__bases__ = (P2,); print(q.f(), Q.__mro__)
class Num(int):
    def __add__(self, other): return Num(int(self) + other + 100)
    def __repr__(self): return f"Num({int(self)})"
print(Num(1) + 1, 1 + Num(1), Num("7"), Num(3) * 2, isinstance(Num(1), int), sum([Num(1), Num(2)]), Num(5).bit_length())
class Str(str):
    def __new__(cls, value, extra): self = super().__new__(cls, value); self.extra = extra; return self
s = Str("text", 5); print(s, s.extra, type(s.upper()), s[1:], type(s[:]), len(s), hash(s) == hash("text"))
class L(list):
    def append(self, x): super().append(x * 2)
l = L([1]); l.append(2); l += [3]; print(l, l == [1, 4, 3], type(l + [1]), type(l[:]), L.__init__ is list.__init__)
class Dd(dict):
    def __missing__(self, key): return f"missing {key}"
print(Dd(a=1)["a"], Dd()["b"], Dd().get("b"), {**Dd(x=1)})
class Method:
    def m(self): pass
m = Method()
print(m.m == m.m, m.m is m.m, m.m.__self__ is m, m.m.__func__ is Method.m, Method.m.__qualname__, m.m.__name__)
print(object.__init_subclass__ is not None, object().__eq__(1), object().__lt__(1), type.__call__(int, "3"))
class Eq:
    def __eq__(self, o): return True
try:
    hash(Eq())
except TypeError as error:
    print(error, Eq.__hash__)
