"""Expressions with sequences and iterators."""
import re
import warnings

warnings.simplefilter('ignore')


def show(source):
    try:
        print(source, '->', re.sub('0x[0-9a-f]+', '0x', repr(eval(source)))[:300])
    except Exception as e:
        print(source, '!!', type(e).__name__ + ':', e)


for source in r'''
[1,2,3][::-1]
[1,2,3][-100:100]
[1,2,3,4,5][1:4:2]
[1,2,3,4,5][::-2]
(1,2,3)[::-1]
(1,2,3)[1:]
[1]*3
3*[1,2]
[]*5
[1]*-1
(1,)*3
[1,2]<[1,3]
[1,2]<[1,2,3]
[1,2]==[1,2.0]
[1,2]!=(1,2)
(1,2)<(1,'a')
(1,2)==(1,2)
hash((1,2,3))
hash(())
[1,[2,(3,)]]
(1,)
()
[[]]
2 in [1,2]
3 not in (1,2)
[1,2,1].count(1)
(1,2,1).count(1)
[1,2,3].index(3)
[1,2,3].index(1,1)
[1,2,3].index(3,-1)
(1,2,3).index(2,-5,5)
[1,2,3].__sizeof__()
list(range(5))
list(range(5,0,-2))
list(range(0))
range(10)[2:5]
range(10)[::-1]
range(10)[5:2:-1]
range(0,10,3)[-1]
range(10)==range(0,10,1)
range(0)==range(2,1)
range(0,3,2)==range(0,4,2)
hash(range(0))==hash(range(5,1))
hash(range(10))
5 in range(10), 5.0 in range(10), 11 in range(10), 'a' in range(3), True in range(3)
range(2**70,2**70+3)[1]
list(range(2**70,2**70+3))
list(reversed(range(2**70,2**70+3)))
list(reversed(range(3)))
range(2**63-2,2**63).index(2**63-1)
list(range(2**63-2,2**63))
list(range(-2**63,-2**63+2))
len(range(2**63-1))
len(range(2**63))
range(10).count(3), range(10).index(3)
range(3).start, range(3).stop, range(3).step
repr(range(1,2,3)), repr(range(3))
bool(range(0)), bool(range(2**100))
iter(range(5)).__length_hint__()
iter(range(2**100)).__length_hint__()
slice(1), slice(1,2), slice(1,2,3)
slice(1,10,2).indices(5)
slice(None,None,-1).indices(5)
slice(-3,None).indices(5)
slice(None,None,-2).indices(2**100)
slice(1)==slice(1), slice(1)==slice(2), slice(1)!=1
list(enumerate('abc'))
list(enumerate('abc',5))
list(enumerate('ab',2**62-1))
list(enumerate('ab',start=2**70))
list(enumerate(iterable='ab'))
list(zip('abc',[1,2,3]))
list(zip())
list(zip('ab',[1],(2,3)))
list(zip('ab',[1,2],strict=True))
list(map(lambda a,b:a+b,[1,2],[3,4,5]))
list(map(str,[1,2]))
list(filter(None,[0,1,'',2]))
list(filter(lambda x:x>1,[0,1,2,3]))
list(reversed([1,2,3]))
list(reversed((1,2,3)))
list(reversed('abc'))
sorted([3,1,2])
sorted([3,1,2],reverse=True)
sorted('hello')
sorted([1.5,-2,3])
sorted([1.5,float('-inf'),0.0,-0.0])
sorted(['b','a','é','z','ab'])
sorted([(1,'b'),(1,'a'),(0,'z')])
sorted([3,1,2],key=lambda v:-v)
sorted([(i%3,i) for i in range(10)],key=lambda p:p[0])
sorted([(i%3,i) for i in range(10)],key=lambda p:p[0],reverse=True)
sorted([True,0,2,1])
sorted([2**70,1,-2**70,5])
sorted([1,'a'])
sorted([3,2,1],key=1)
[[1,2],[1]].sort()
list('abc'), tuple('abc'), list({1:2}), tuple([1]), list((1,2))
iter([1,2]).__length_hint__()
type(iter(int,1)), type(reversed([])), type(iter(())), type(iter([]))
list(iter([1,2,3].pop,1))
tuple(x*x for x in range(4))
[*range(3),*'ab']
list[int], tuple[int,...], enumerate[int]
max(range(10)), min([3,1]), sum(range(101))
'''.strip().splitlines():
    show(source)
