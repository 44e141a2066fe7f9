"""_pickle: all protocols, hooks, errors, out-of-band buffers."""
import re as _re
def show(label, r):
    print(label, "->", _re.sub("0x[0-9a-f]+", "0x", repr(r))[:400])
import pickle,_pickle,io,copyreg
def t(label,f):
    try: r=f()
    except BaseException as e: r=type(e).__name__+': '+str(e)+' '+repr(getattr(e,'__notes__',''))
    show(label, r)
L=_pickle.loads
for s in (b'',b'.',b'(.',b'\x80\x09.',b'\x80',b'I',b'Ix\n.',b'0.',b'(0.',b'1.',b'2.',b'a.',b']a.',b'K\x01K\x02a.',b'K\x01(e.',b'K\x01(K\x02e.',b'}K\x01s.',b'K\x01(K\x02K\x03u.',b'}(K\x02u.',b'g0\n.',b'h\x00.',b'p-1\n.',b'K\x01p-1\n.',b'gx\n.',b'cos\n',b'cos\nzzz\n.',b'cnomod\nx\n.',b'\x81.',b'K\x01)\x81.',b'cos\npath\nK\x01\x81.',b'\x93.',b'K\x01K\x02\x93.',b'\xff.',b'x.',b'S\n.',b'Sx\n.',b"S'abc\n.",b"S'abc'\n.",b'F1.5x\n.',b'L1L\n.',b'Lx\n.',b'X\x05\x00\x00\x00ab.',b'C\x05ab.',b'R.',b'K\x01R.',b'K\x01)R.',b'cos\ngetcwd\nK\x01R.',b'K\x01}b.',b'K\x01K\x02b.',b'N}K\x01K\x02s\x86b.',b'Q.',b'Pabc\n.',b'\x82\x01.',b'\x84\xff\xff\xff\xff.',b'\x97.',b'K\x01\x98.',b'\x95\x05\x00\x00\x00\x00\x00\x00\x00ab.',b'\x8b\xff\xff\xff\xff.',b'T\xff\xff\xff\xff.',b'\x8a\x01',b'V\\ud800\n.',b'(d.',b'(K\x01d.',b'iabc\nd\n.',b'(ios\nerror\n.',b'(o.',b'(K\x01o.',b'\x90.',b'K\x01(K\x02\x90.',b'\x92.',b'K\x01)}\x92.',b'cos\nerror\nK\x01}\x92.',b'cos\nerror\n)K\x01\x92.',b't.',b'\x85.',b'j\x00\x00\x00\x00.',b'q\x00.',b'\x94.', b'\x8c\x01\xff.', b'U\x01\xff.', b'I00\n.', b'I01\n.', b'I 1\n.', b'B\x01\x00\x00\x00a.', b'\x96\x02\0\0\0\0\0\0\0ab.'):
    t(s,lambda:L(s))
t('str',lambda:L('abc'));t('n',lambda:L(3));t('load',lambda:_pickle.load(3));t('load',lambda:_pickle.load(io.BytesIO(b'')));t('load',lambda:_pickle.load(io.StringIO('N.')));t('dump',lambda:_pickle.dump(1,3));t('p9',lambda:_pickle.dumps(1,9));t('pb',lambda:_pickle.dumps(1,3,buffer_callback=print));t('bc',lambda:_pickle.dumps(_pickle.PickleBuffer(b'x'),4))
class R:
    def __init__(s,r): s.r=r
    def __reduce__(s): return s.r
    def __repr__(s): return 'R'
def lam(): pass
lam.__qualname__='<lambda>'
for r in (1,(),(1,),(1,2),(int,2),(int,(),None,1),(int,(),None,None,1),(int,(),None,None,None,1),(int,(),1,2,3,4,5),'zzz',(copyreg.__newobj__,()),(copyreg.__newobj__,(1,)),(copyreg.__newobj__,(int,)),(copyreg.__newobj_ex__,(1,)),(copyreg.__newobj_ex__,(int,1,2)),(copyreg.__newobj_ex__,(R,(),2)),(copyreg.__newobj_ex__,(int,(),{})),(int,(lambda:1,)),(lambda:1,()),(int,(),lambda:1),(int,(),None,None,iter([1]))):
    t(('R'),lambda:_pickle.dumps(R(r)))
def f():
    def g(): pass
    class C: pass
    return g,C
g,C=f()
for o in (g,C,C(),lambda:1,[lambda:1],{'a':lambda:1},({1:g},),{lambda:1},__builtins__,io.StringIO): t('o',lambda:_pickle.dumps(o))
p=_pickle.Pickler(io.BytesIO()); t('init',lambda:_pickle.Pickler.__new__(_pickle.Pickler).dump(1)); t('uinit',lambda:_pickle.Unpickler.__new__(_pickle.Unpickler).load()); t('m',lambda:setattr(p,'memo',1));t('m',lambda:setattr(p,'memo',{1:2}));t('m',lambda:setattr(p,'memo',{1:(2,3)}));t('m',lambda:list(p.memo.copy().values()));t('m',lambda:delattr(p,'memo')); u=_pickle.Unpickler(io.BytesIO());t('um',lambda:setattr(u,'memo',1));t('um',lambda:setattr(u,'memo',{'a':1}));t('um',lambda:setattr(u,'memo',{-1:1}));t('pid',lambda:p.persistent_id(3));t('pl',lambda:u.persistent_load(3));t('B',lambda:_pickle.PickleBuffer(1)); b=_pickle.PickleBuffer(b'abc'); t('raw',lambda:b.raw().tobytes()); b.release(); t('rel',lambda:b.raw());t('mv',lambda:memoryview(b)); p.fast=1; l=[];l.append(l); t('fast',lambda:p.dump(l)); t('Pk',lambda:_pickle.Pickler()); t('Un',lambda:_pickle.Unpickler(3)); t('nb',lambda:L(b'\x97.',buffers=[])); t('bufs',lambda:L(b'\x97.',buffers=3)); t('bin',lambda:setattr(p,'bin','x'))
t('enc',lambda:(L(b'U\x01\xe9.',encoding='latin1'),L(b'U\x01\xe9.',encoding='bytes'),L(b'U\x01\xe9.',errors='replace')))
import datetime,collections,decimal,array,re,functools,enum,fractions,uuid
class A:
    def __init__(s): s.x=1; s.y=[s]
class Sl:
    __slots__=('a','b')
    def __init__(s): s.a=1
class Col(enum.Enum): R=1
class D(dict): pass
class LL(list): pass
P=collections.namedtuple('P','a b')
rec=[];rec.append(rec); rt=([],);rt[0].append(rt); rd={};rd['d']=rd
class NK:
    def __new__(cls,*a,k=1): return object.__new__(cls)
    def __getnewargs_ex__(s): return ((1,),{'k':2})
dd=D(a=1);dd.z=2; ll=LL([1,2]);ll.q=3
objs=[None,True,1,-1,255,256,65535,65536,2**31-1,-2**31,2**31,2**63,-2**63,2**64,2**2000,-2**2000,-128,128,-129,1.5,float('inf'),1j,'','a','é\n\\\0\r\x1a','\ud800','😀','x'*300,b'',b'abc',b'x'*300,bytearray(b'x'),bytearray(),(),(1,),(1,2),(1,2,3),(1,2,3,4),[],[1],list(range(2500)),{},{1:2},dict.fromkeys(range(2500)),set(),{1},frozenset(),frozenset([1]),rec,rt,rd,A(),Sl(),Col.R,dd,ll,P(1,2),int,len,Col,type(None),type(...),...,NotImplemented,slice(1,2),range(5),collections.OrderedDict(a=1),collections.deque([1]),collections.Counter('aab'),decimal.Decimal('1.5'),datetime.date(2020,1,2),re.compile('a+'),functools.partial(int,'3'),fractions.Fraction(1,3),uuid.UUID(int=5),NK(),ValueError('x'),A.__init__,str.join,'abc'.join,[1].append,copyreg,collections.defaultdict(list,a=[1])]
big=['x'*70000,b'y'*70000,['z'*100]*2000,list(range(30000))]
for i,o in enumerate(objs+big):
    for pr in range(6):
        t((i,pr),lambda:(lambda s:(len(s),hash(s)if 0 else s[:60],s[-30:]))(_pickle.dumps(o,pr)))
        try: s=_pickle.dumps(o,pr)
        except Exception: continue
        try:
            x=_pickle.loads(s); y=_pickle.load(io.BytesIO(s)); 
            if i<len(objs) and not isinstance(o,(A,Sl,NK,Exception)) and o is not rec and o is not rt and o is not rd and not (o!=o): assert repr(x)==repr(o)==repr(y) or 'at 0x' in repr(o),(repr(x),o)
            f=io.BytesIO(); q=_pickle.Pickler(f,pr); q.dump(o); assert f.getvalue()==s or i==29, (i,pr)
            z=pickle._loads(s); z=pickle._dumps(o,pr); 
            if z!=s: print('differs from python',i,pr,s[:50],z[:50])
        except Exception as e: print('bad',i,pr,type(e),e)
class PP(_pickle.Pickler):
    def persistent_id(s,o): return 'PID' if isinstance(o,A) else None
    def reducer_override(s,o): return (int,('7',)) if o is len else NotImplemented
class UU(_pickle.Unpickler):
    def persistent_load(s,i): return ('L',i)
    def find_class(s,m,n): return super().find_class(m,n) if n!='A' else print('FC',m,n)
for pr in range(6):
    f=io.BytesIO(); PP(f,pr).dump([A(),len,A,int]); f.seek(0); t(pr,lambda:UU(f).load())
f=io.BytesIO(); q=_pickle.Pickler(f); q.dispatch_table={A:lambda a:(str,('disp',))}; q.dump(A()); t('dt',lambda:L(f.getvalue())); del q.dispatch_table; t('dt',lambda:q.dispatch_table)
f=io.BytesIO(); q=_pickle.Pickler(f); o=[1]; q.dump(o); q.dump(o); t('two',lambda:f.getvalue()); q.clear_memo(); f.seek(0); u=_pickle.Unpickler(f); t('two',lambda:(u.load(),u.load()))
bufs=[]; s=_pickle.dumps([_pickle.PickleBuffer(bytearray(b'abc')),_pickle.PickleBuffer(b'def')],5,buffer_callback=bufs.append); t('oob',lambda:(s,len(bufs),L(s,buffers=bufs))); t('inb',lambda:L(_pickle.dumps(_pickle.PickleBuffer(bytearray(b'abc')),5)))
copyreg.add_extension('__main__','A',0xf0); t('ext',lambda:[_pickle.dumps(A,p) for p in range(6)]); t('ext',lambda:L(_pickle.dumps(A,2)) is A)
t('pickle',lambda:(pickle.Pickler is _pickle.Pickler,pickle.dumps.__module__))
