"""Properties, generic aliases and unions."""


def mask(s):
    """The text without addresses."""
    first, *rest = s.split("0x")
    return first + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)


def t(f):
    try:
        print(mask(repr(f())))
    except BaseException as e:
        print(type(e).__name__, mask(str(e)))


t(lambda: property(1,2,3,4,5))
p=property()
class A:
    x=p
    def _g(s): raise AttributeError('hu')
    y=property(_g)
    z=property(None, None, None)
    w=property(lambda s: s.foo)
q=property()
t(lambda: A().x)
t(lambda: setattr(A(),'x',1))
t(lambda: delattr(A(),'x'))
t(lambda: A().y)
t(lambda: A().w)
t(lambda: q.__get__(1))
t(lambda: q.__set__(1,2))
t(lambda: q.__delete__(1))
t(lambda: q.__get__(None,int))
t(lambda: q.__name__)
t(lambda: p.__name__)
t(lambda: A.y.__name__)
t(lambda: q.__set_name__(1))
t(lambda: q.__set_name__(1,2))
def f(s): "fdoc"
pp=property(f)
pp.__doc__='new'
t(lambda: pp.__isabstractmethod__)
t(lambda: setattr(pp,'fget',1))
t(lambda: setattr(pp,'__name__',1))
t(lambda: pp.__name__)
class P(property): pass
class P(property): "pdoc"
class P(property):
    __slots__=()
class P(property):
    __slots__=()
    "d"
t(lambda: P(f))
t(lambda: P(f,doc='e'))
t(lambda: property.__init__(p,1,2,3,4))
t(lambda: p.fget)
t(lambda: p.getter)
# alias
L=list[int]
t(lambda: type(L)(1))
t(lambda: type(L)(int,str))
t(lambda: type(L)(int,(str,)))
t(lambda: L.__args__)
t(lambda: L.__parameters__)
t(lambda: L.__mro_entries__(1))
t(lambda: L())
t(lambda: L.append)
t(lambda: L.foo)
t(lambda: L == list[int])
t(lambda: isinstance(1,L))
t(lambda: issubclass(int,L))
t(lambda: list[int,...])
t(lambda: list[()])
t(lambda: tuple[int,...])
t(lambda: tuple[[int,None],'a'])
t(lambda: list[int][str])
t(lambda: iter(L))
t(lambda: list(L))
t(lambda: next(iter(L)))
t(lambda: (*L,)[0].__unpacked__)
t(lambda: L.__origin__)
t(lambda: L.__class__)
t(lambda: type(L))
t(lambda: L|None)
t(lambda: L|1)
t(lambda: int|None)
t(lambda: int|int)
t(lambda: int|str|None)
t(lambda: (int|str).__args__)
t(lambda: (int|str)==(str|int))
t(lambda: isinstance(1,int|str))
t(lambda: isinstance(1,int|list[int]))
t(lambda: int|'a')
t(lambda: int|1)
t(lambda: None|int)
t(lambda: None|None)
import typing, types
T=typing.TypeVar('T'); U=typing.TypeVar('U')
t(lambda: (list[T]|int)[str])
t(lambda: (list[T]|int).__parameters__)
t(lambda: dict[T,U][int])
t(lambda: dict[T,U][int,str])
t(lambda: dict[T,U][int,str,int])
t(lambda: (int|str)[int])
t(lambda: hash(int|str)==hash(str|int))
t(lambda: types.UnionType[int,str])
t(lambda: types.UnionType[int])
t(lambda: types.UnionType[()])
t(lambda: types.UnionType())
t(lambda: (int|str).__mro_entries__(1))
t(lambda: (int|str).__name__)
t(lambda: (int|str).__qualname__)
t(lambda: (int|str).__origin__)
t(lambda: (int|str).__module__)
t(lambda: type(int|str).__module__)
t(lambda: type(int|str).__qualname__)
t(lambda: isinstance(1,'a'|int))
t(lambda: issubclass(1,int|str))
t(lambda: (int|list[int]).__args__)
t(lambda: repr(int|typing.Any|T))
t(lambda: typing.Union is types.UnionType)
class H: __hash__=None
h=list[H()]
t(lambda: hash(h))
t(lambda: int|h)
t(lambda: hash(int|h))
t(lambda: (int|h)==(h|int))
t(lambda: (int|h).__args__)
t(lambda: (int|h).__hash__())
t(lambda: tuple[*tuple[int,...]])
t(lambda: (list[T][T]).__parameters__)
