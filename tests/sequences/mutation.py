"""Sequences that change while they are used, assignment to slices, subclasses, sorting."""


import re


def run(source):
    names = {}
    try:
        exec(source, names)
    except Exception as e:
        print(source, '!!', type(e).__name__ + ':', e)
    else:
        print(source, '->', [re.sub('0x[0-9a-f]+', '0x', repr(value))[:200] for name, value in names.items() if len(name) == 1 and name not in 'EKSXLTIFC'])


for source in r'''
a=[1,2,3,4,5];a[1:3]=[9];b=a[:]
a=[1,2,3,4,5];a[::2]=[7,8,9]
a=[1,2,3,4,5];del a[::2]
a=[1,2,3,4,5];del a[::-2]
a=[1,2,3,4,5];del a[1:3]
a=[1,2,3,4,5];del a[-1];b=a.pop(0)
a=[1,2,3];a[5:]=[6,7]
a=[1,2,3];a[2:1]=[8]
a=[1,2,3];a[:]=a
a=[1,2,3];a[1:1]=a
a=[1,2,3];a[::-1]=a
a=[1,2,3];a+=a
a=[1,2,3];a*=2
a=[1,2,3];a*=0
a=[1];a+='xy'
a=[1];a.extend(x for x in range(3))
a=[1];a.insert(0,0);a.insert(-1,5);a.insert(100,9)
a=[1,2,3];a.reverse();b=a.copy();a.clear()
a=[];a.append(a);b=repr(a)
a=([],);a[0].append(a);b=repr(a)
a=list(range(20));a[2:15:3]=range(5)
a=list(range(20));del a[3:17:4]
a=[3,1,2];a.sort(key=lambda v:a.append(1) or v)
a=[3,1,2];a.sort(key=lambda v:len(a));
a=[1,2,3];i=iter(a);b=next(i);a.append(4);c=list(i);a.append(5);d=list(i)
a=[1,2,3];i=reversed(a);b=next(i);a.pop();c=list(i)
i=iter([1,2,3]);i.__setstate__(1);a=list(i);b=i.__reduce__()[1]
i=iter(range(5));i.__setstate__(3);a=list(i);b=i.__reduce__()[1]
i=reversed([1,2,3]);i.__setstate__(0);a=list(i)
i=zip([1],[2]);i.__setstate__(1);b=i.__reduce__()[2]
class L(list):pass\na=L([1,2]);b=a*2;c=a[:];d=a+[3]
class T(tuple):pass\na=T([1,2]);b=a*1;c=a[:];d=T();e=a==(1,2);f=type(b)
class I(int):pass\na=I(5);b=a+1;c=I('7');d=+a;e=type(d);f=I.from_bytes(b'a');g=type(f)
class F(float):pass\na=F(5);b=a+1;d=+a;e=type(d);f=F.fromhex('0x1p1');g=type(f)
class C(complex):pass\na=C(5);b=a+1;d=+a;e=type(d);f=C('1j')
class S:\n def __getitem__(s,i):\n  if i>3: raise IndexError\n  return i\na=list(S());b=list(enumerate(S()))
class X:\n def __index__(s): return 3\na=[1,2,3,4][X()];b=list(range(X()));c=[1]*X();d=[5,6,7,8,9][:X()];e=int(X());f=float(X());g=complex(X())
class E:\n def __eq__(s,o): a.clear(); return False\na=[E(),E(),E()];b=1 in a
class E:\n def __eq__(s,o): a.clear(); return True\na=[1,E(),E()];a.remove(2)
a=[]\nclass E:\n def __lt__(s,o): a.append(1); return False\na[:]=[E(),E(),E()];a.sort()
a=[5,3,4]\ntry: a.sort(key=lambda v:1/0)\nexcept ZeroDivisionError: b=a[:]
a=list(range(1000));a.sort(key=lambda v:(v*7919)%1009);b=a[:10];c=a==sorted(range(1000),key=lambda v:(v*7919)%1009)
class K:\n def __init__(s,v): s.v=v\n def __lt__(s,o): return s.v<o.v\na=[K((i*7919)%503) for i in range(3000)];a.sort();b=all(a[i].v<=a[i+1].v for i in range(2999));c=len(a);a=0
class K:\n def __init__(s,v,i): s.v=v;s.i=i\n def __lt__(s,o): return s.v<o.v\na=[K((i*7919)%53,i) for i in range(3000)];a.sort(reverse=True);b=all((a[i].v,-a[i].i)>=(a[i+1].v,-a[i+1].i) for i in range(2999));a=0
e=enumerate([1,2]);a=next(e);b=e.__reduce__()[1][1]
a=[1,2,3];a[0],a[2]=a[2],a[0]
a,*b=range(5);c=b
'''.strip().splitlines():
    run(source.replace('\\n', '\n'))
