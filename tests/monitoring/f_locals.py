# frame.f_locals of a function writes through.
import sys
def f(a,b):
    c=1; d=lambda:c
    p=sys._getframe().f_locals
    print(type(p), len(p), list(p), dir(p))
    p['z']=3; p['a']=9
    print(a, 'z' in p, p['z'], p.get('q', 4), list(p.keys()), list(reversed(p)))
    for e in ["del p['a']","p.pop('a')","p.pop('nope')","p.pop('nope',3)","p.clear()","p.popitem()","p['nope']","p|1","1|p","p.fromkeys([1])","p.setdefault('y',4)","p.update({'x':1})","p.update(b=5,q=1)","hash(p)","p.copy()","p==p.copy()","p==dict(p)","p=={}","p<p","p|{'k':1}","{'k':1}|p","p.__ior__({'m':2})","del p['z']","p.pop('y')","type(p)()","type(p)(sys._getframe())","type(p)(3)","type(p)(sys._getframe(),2)","p.__class_getitem__","p.update(3)","p.get()","p.setdefault()","p[1]","p.get(1)","1 in p","[] in p","p.pop()","p.__reversed__()","p.items()","del p[3]","p[3]=4","p[3]","len(p)","p.update([(1,2)])","del p['nope']","dict(**p)", "p.__eq__(3)", "p!=3","p.__delitem__('a')","p.setdefault('a')","p.setdefault('nn')","bool(p)","p.pop(1,2,3)","iter(p)","p.get('a')","p.__contains__('zz')", "p|p", "p.__or__(p)","p.__ior__(3)","p|3"]:
        try:
            r=eval(e) if not (e.startswith('del') or e=='p[3]=4') else exec(e)
            if hasattr(r,'pop') : r=type(r)
            print(e,'->',r if 'object at' not in repr(r) else type(r))
        except BaseException as x: print(e,type(x),x)
    print(type(p).__name__, type(p).__mro__, type(p).__doc__, type(p).__flags__ & (1<<5|1<<6))
f(1,2)
