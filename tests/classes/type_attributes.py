"""Attributes of classes that may and may not be set; modules and namespaces made by hand."""
import types


def mask(s):
    """The text without addresses."""
    first, *rest = s.split("0x")
    return first + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)


def t(f):
    try:
        print(mask(repr(f())))
    except BaseException as e:
        print(type(e).__name__, mask(str(e)))


class A: pass
t(lambda: delattr(A,'zz'))
t(lambda: A.zz)
t(lambda: setattr(A,'__qualname__',3))
t(lambda: setattr(A,'__abstractmethods__',('b','a')))
t(lambda: A())
t(lambda: A.__abstractmethods__)
t(lambda: type.__abstractmethods__)
t(lambda: delattr(A,'__abstractmethods__'))
t(lambda: delattr(A,'__abstractmethods__'))
t(lambda: int.__annotations__)
t(lambda: int.__annotate__)
t(lambda: A.__annotations__)
t(lambda: A.__annotate__)
t(lambda: A.__dict__.keys())
t(lambda: delattr(A,'__annotations__'))
t(lambda: delattr(A,'__annotations__'))
t(lambda: delattr(A,'__annotate__'))
t(lambda: setattr(A,'__annotate__',3))
t(lambda: setattr(A,'__annotate__',lambda f:3))
t(lambda: A.__annotations__)
t(lambda: setattr(int,'__annotations__',3))
t(lambda: setattr(int,'__annotate__',3))
t(lambda: delattr(int,'__annotations__'))
t(lambda: int.__type_params__)
t(lambda: setattr(A,'__doc__','hi'))
t(lambda: A.__doc__)
t(lambda: int.__text_signature__)
t(lambda: object.__text_signature__)
t(lambda: setattr(A,'__module__',3))
t(lambda: (A, A()))
t(lambda: A.__module__)
t(lambda: delattr(A,'__module__'))
t(lambda: setattr(A,'__dict__',3))
t(lambda: A.mro(1))
t(lambda: type.__prepare__(1,2,a=3))
t(lambda: type.__subclasses__(1))
t(lambda: type.__instancecheck__(int,1))
t(lambda: type.__instancecheck__(int))
t(lambda: type.__subclasscheck__(int,1))
t(lambda: int.__init__())
t(lambda: type.__init__(A))
t(lambda: type.__init__(A,1,a=2))
t(lambda: type.__init__(A,1,2,3))
class M(type):
    def mro(c): return [c, 3]
t(lambda: M('a',(),{}))
class M(type):
    def mro(c): return [c, int,object]
t(lambda: M('a',(),{}))
class M(type):
    def mro(c): return []
t(lambda: M('a',(),{}))
t(lambda: type('A',(),{'__slots__':['__x','b']}).__dict__.keys())
t(lambda: (lambda:0).__get__())
t(lambda: (lambda:0).__get__(None))
t(lambda: (lambda:0).__get__(1,2,3))
t(lambda: object().__delattr__())
t(lambda: [].__setitem__())
t(lambda: [].__delitem__())
t(lambda: [].__mul__('a'))
t(lambda: [].__mul__(1<<100))
t(lambda: property().__set__(1))
t(lambda: property().__delete__())
t(lambda: iter([]).__next__())
t(lambda: iter([]).__next__(1))
t(lambda: (1).__lt__())
t(lambda: len.__call__())
t(lambda: classmethod())
t(lambda: classmethod(1,2))
t(lambda: classmethod(a=1))
t(lambda: classmethod(len))
t(lambda: staticmethod(len)('abc'))
def f(a:int):
    "doc"
c=classmethod(f)
t(lambda: (c.__dict__, c.__wrapped__, c.__annotations__, c.__doc__, c.__isabstractmethod__))
t(lambda: c.__dict__)
t(lambda: classmethod(3).__get__(1))
t(lambda: (1).__add__ == (1).__add__)
t(lambda: (1).__add__ < (2).__add__)
t(lambda: types.ModuleType.__new__(types.ModuleType).x)
t(lambda: types.ModuleType.__new__(types.ModuleType))
t(lambda: types.ModuleType())
t(lambda: types.ModuleType(1))
t(lambda: types.ModuleType('a').x)
m=types.ModuleType('a')
t(lambda: m.__dict__)
t(lambda: m)
del m.__name__
t(lambda: m.x)
t(lambda: m)
m.__name__='a'
m.__getattr__=lambda n:n
t(lambda: m.foo)
t(lambda: m.__annotations__)
t(lambda: m.__dict__.keys())
t(lambda: setattr(m,'__dict__',1))
t(lambda: delattr(m,'zzz'))
t(lambda: setattr(m,'__annotate__',1))
t(lambda: m.__annotate__)
t(lambda: delattr(m,'__annotate__'))
t(lambda: delattr(m,'__annotations__'))
t(lambda: delattr(m,'__annotations__'))
t(lambda: types.SimpleNamespace(1,2))
t(lambda: types.SimpleNamespace(1))
t(lambda: types.SimpleNamespace({1:2}))
t(lambda: types.SimpleNamespace({'b':2,'a':1},b=4))
t(lambda: types.SimpleNamespace([('a',1)]))
t(lambda: types.SimpleNamespace(a=1).__reduce__())
t(lambda: types.SimpleNamespace(a=1).__replace__(b=2))
t(lambda: types.SimpleNamespace(a=1).__replace__(1))
class S(types.SimpleNamespace): pass
t(lambda: S(a=1))
t(lambda: S(a=1)==types.SimpleNamespace(a=1))
t(lambda: S(a=1)<types.SimpleNamespace(a=1))
class N:
    def __set_name__(self, o, n): 1/0
t(lambda: type('T', (), {'n': N()}))
t(lambda: super().x)
t(lambda: super(1))
t(lambda: super(int, 'a'))
t(lambda: super(int))
t(lambda: super(int, 1))
t(lambda: super(bool, True).real)
t(lambda: super(int, 1).nothing)
class P:
    def a(): super()
    def b(self):
        del self
        super()
    def c(self): return super().__init__
t(P.a)
t(P().b)
t(P().c)
