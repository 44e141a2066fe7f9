"""Generators that pass on what other generators yield, many levels deep."""

import sys
def leaf(n):
    try:
        for i in range(n):
            r = yield i
            if r: print('got', r)
    except ValueError as e:
        print('caught', e); yield 'after'
    finally: print('fin')
    return 'ret'
def chain(d, n):
    if d==0: return (yield from leaf(n))
    else: return (yield from chain(d-1, n))
g=chain(5,4)
print(next(g), next(g), g.send('hello'), g.throw(ValueError('v')))
try: next(g)
except StopIteration as e: print('stop', e.value)
g=chain(3,5); print(list(g))
g=chain(3,5); print(next(g)); g.close()
def deep(n):
    if n: yield from deep(n-1)
    else: yield sys._getframe().f_back.f_code.co_name; yield len([1 for _ in iter(lambda f=[sys._getframe()]: f.__setitem__(0,f[0].f_back) or f[0], None)])
print(list(deep(50)))
def rec():
    yield from rec2()
def rec2():
    yield 1
    try: next(top)
    except ValueError as e: print(e)
    yield 2
top=rec(); print(list(top))
async def a(n):
    if n: return await a(n-1)
    import asyncio
    await asyncio.sleep(0); await asyncio.sleep(0)
    return 7
import asyncio
print(asyncio.run(a(30)))
def inner():
    try: raise KeyError(1)
    except KeyError: yield sys.exception()
    yield sys.exception()
    yield sys.exception()
def outer():
    try: raise TypeError(2)
    except TypeError: yield from inner()
print(list(outer()))
def big(n):
    if n: yield from big(n-1)
    else:
        yield 1
        yield 2
try: print(list(big(2000)))
except RecursionError as e: print('rec', e)
class It:
    def __iter__(self): return self
    def __next__(self): raise StopIteration(5)
def w(): return (yield from It())
def ww():
    r = yield from w(); print('r',r); yield r
print(list(ww()))
