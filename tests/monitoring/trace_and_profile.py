# sys.settrace and sys.setprofile: events, their lines and arguments.
import sys
def tr(f,e,a):
    if f.f_code.co_filename!=__file__: return None
    print(e, f.f_code.co_name, f.f_lineno, a if a is None or isinstance(a, int) else type(a).__name__)
    return tr
def g():
    yield 1
    return 2
def gen():
    r = yield from g()
    yield r
class It:
    n=0
    def __iter__(self): return self
    def __next__(self):
        self.n+=1
        if self.n>2: raise StopIteration(5)
        return self.n
def main():
    x=1
    for i in range(2):
        x+=i
    try:
        1/0
    except ZeroDivisionError as e:
        x=2
    finally:
        y=3
    for q in It(): pass
    for q in gen():
        z=q
    while x: x-=1
    a=[k for k in (1,2)]
    lam=lambda:1; lam()
    return x
sys.settrace(tr)
main()
sys.settrace(None)
def pr(f,e,a):
    print(e,f.f_code.co_name,f.f_lineno,a if isinstance(a,int) else getattr(a, '__qualname__', type(a).__name__))
sys.setprofile(pr)
main()
sys.setprofile(None)
