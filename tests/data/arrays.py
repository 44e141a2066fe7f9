"""array: every type code, conversions and their errors, slices, lending, pickling."""
import re as _re
def show(label, r):
    try: text = repr(r)
    except Exception as e: text = "repr fails: " + str(e)
    print(label, "->", _re.sub("0x[0-9a-f]+", "0x", text)[:400])
import array, warnings
warnings.simplefilter('ignore')
A=array.array
def safe(r):
    try: return repr(r)[:300]
    except Exception as e: return 'repr fails: '+str(e)
def t(label,f):
    try: r=f()
    except Exception as e: r=type(e).__name__+': '+str(e)
    show(label, r)
t('0',lambda:A()); t('1',lambda:A('x'));t('2',lambda:A(1));t('3',lambda:A('ab'));t('4',lambda:A('i',1,2));t('kw',lambda:A(typecode='i'));t('5',lambda:A('i',3));t('6',lambda:A('i','abc'));t('7',lambda:A('i',A('u','a')));t('8',lambda:A('u',A('i',[1])));t('9',lambda:A('u',[1]));t('10',lambda:A('w',['ab']));t('11',lambda:A('w',A('u','a')));t('12',lambda:A('i',b'abc')); t('13',lambda:A(b'i'));t('14',lambda:A('w',b'abcd'));t('15',lambda:A('i',bytearray(b'abcd'*2)))
for c in 'bBhHiIlLqQfd':
    for v in (-1,-2**7-1,2**7,2**8,-2**15-1,2**15,2**16,-2**31-1,2**31,2**32,-2**63-1,2**63,2**64,-2**70,2**70,'a',1.5,None,1j,10**400):
        t((c,v if v!=10**400 else 'big'),lambda:A(c,[v]))
for c in 'uw':
    for v in (1,'','ab',None,'\U0001F600'):
        t((c,v),lambda:A(c,[v]))
a=A('i',[1,2,3,4,5])
t('get',lambda:a[9]);t('get2',lambda:a['x']);t('get3',lambda:a[2**70]);t('sl',lambda:a[::2]);t('set',lambda:a.__setitem__(9,1));t('del',lambda:a.__delitem__(9));t('seti',lambda:a.__setitem__('x',1))
t('setsl',lambda:a.__setitem__(slice(0,1),[1]));t('setsl2',lambda:a.__setitem__(slice(0,1),A('b',[1])));t('setsl3',lambda:a.__setitem__(slice(0,5,2),A('i',[1])))
t('add',lambda:a+[1]);t('add2',lambda:a+A('b'));t('iadd',lambda:a.__iadd__([1]));t('iadd2',lambda:a.__iadd__(A('b')))
t('mul',lambda:a*'x');t('mul2',lambda:a*-1);t('mul3',lambda:a*2**62)
t('append',lambda:a.append('x'));t('extend',lambda:a.extend(A('b',[1])));t('extend',lambda:a.extend(3));t('ext',lambda:a.extend('ab'))
t('pop',lambda:a.pop(9));t('pop',lambda:A('i').pop());t('remove',lambda:a.remove(99));t('index',lambda:a.index(99));t('fromlist',lambda:a.fromlist(3));t('fl',lambda:a.fromlist(['x']));t('fu',lambda:a.fromunicode('x'));t('fu2',lambda:A('w').fromunicode(3));t('tu',lambda:a.tounicode());t('fb',lambda:a.frombytes(b'abc'));t('fb',lambda:a.frombytes('abc'));t('fb',lambda:a.frombytes(3));t('fb2',lambda:a.frombytes(A('i',[1])))
t('ff',lambda:a.fromfile(3,1))
import io
t('ff',lambda:a.fromfile(io.BytesIO(b'abc'),1));t('ff',lambda:a.fromfile(io.BytesIO(b'abcd'),2));t('ff',lambda:a.fromfile(io.BytesIO(b'abcd'),-2));t('ff',lambda:a.fromfile(io.StringIO('abcd'),2));t('tofile',lambda:a.tofile(3)); 
t('a',lambda:a)
t('cmp',lambda:a<3);t('cmp',lambda:a==A('d',a));t('hash',lambda:hash(a))
m=memoryview(a)
t('res',lambda:a.append(1));t('res',lambda:a.pop());t('res',lambda:a.extend(A('i',[1])));t('res',lambda:a.__imul__(2));t('res',lambda:a.__delitem__(0));t('res',lambda:a.__setitem__(slice(0,1),A('i')));t('res',lambda:a.frombytes(b'abcd'));t('clear',lambda:a.clear())
t('imul1',lambda:a.__imul__(1)); t('fb0',lambda:a.frombytes(b''));t('fl0',lambda:a.fromlist([]));t('ext0',lambda:a.extend([]));t('insert',lambda:a.insert(0,1))
t('m',lambda:(m.format,m.itemsize,m.readonly,m.obj is a))
t('mw',lambda:(memoryview(A('w','a')).format,memoryview(A('u','a')).format,memoryview(A('l',[])).format))
for p in (0,2,3,4,5): t(('red',p),lambda:a.__reduce_ex__(p))
t('red',lambda:a.__reduce_ex__('x')); t('repr',lambda:[A('i'),A('w','a\nb'),A('d',[1.5]),A('b',[1])]); t('bs',lambda:(A('h',[1,-2]).byteswap(),A('w','a').byteswap()))
t('it',lambda:(type(iter(a)),iter(a).__reduce__(),dir(iter(a)))); it=iter(a); list(it); t('it',lambda:(it.__reduce__()));
t('it',lambda:it.__setstate__('x'))
t('rec',lambda:array._array_reconstructor(array.array,'i',9,b'abcd'));
for x in ((3,'i',9,b''),(int,'i',9,b''),(A,'ii',9,b''),(A,'i',99,b''),(A,'i',9,3),(A,'x',9,b''),(A,'i',9,b'a'),(A,'i',-1,b'a'),(A,'d',16,b'\0'*8), (A,'l',0,b'\1\xff'),(A,'u',18,b'a\0'),(A,'w',20,b'a\0\0\0'),(A,'i',17,b'\0'*8),(A,1,17,b'\0'*8)):
    t(x[1:],lambda:array._array_reconstructor(*x))
t('idx',lambda:a.index(4,-1)); t('idx',lambda:a.index(2,-100,100));t('idx',lambda:a.index(2,'x')); t('cnt',lambda:a.count(2)); t('contains',lambda:2.0 in a); t('cls',lambda:A[int]); t('tc',lambda:array.typecodes); t('cp',lambda:(a.__copy__(),a.__deepcopy__(3)))
t('ro',lambda:A.typecode); t('set',lambda:setattr(a,'x',1)); t('ab',lambda:bytes(a[:2])); t('tolist', lambda: A('w','ab').tolist()); t('rev', lambda:(A('h',[1,2,3]).reverse())); t('tp',lambda:A.__mro__); t('w',lambda:A('w',b'\xff\xff\xff\xff')[0]); t('w', lambda:A('w',b'\xff\xff\xff\xff').tounicode()); t('f',lambda:A('f',[1e39]))
class S(A): 
    def __init__(self,*a,**k): pass
t('sub',lambda:(S('i',[1]),S('i',x=1))); t('mv',lambda:S('i',[1])[:])
class S2(A):pass
t('sub2', lambda:S2('i',x=1)); t('eqnan',lambda:A('d',[float('nan')])==A('d',[float('nan')])); t('sub3',lambda:S('i',[1]).__reduce_ex__(3))
t('ins',lambda:a.insert('x',1)); t('bp',lambda:memoryview(A('i',[1,2])).shape)
