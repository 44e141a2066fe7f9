"""_json: scanner and encoder, their attributes and errors."""
import re as _re
def show(label, r):
    try: text = repr(r)
    except Exception as e: text = "repr fails: " + str(e)
    print(label, "->", _re.sub("0x[0-9a-f]+", "0x", text)[:400])
import json, _json
from json import decoder, encoder
def t(label,f):
    try: r=f()
    except Exception as e:
        r=type(e).__name__+': '+str(e)+' '+repr(getattr(e,'__notes__',''))
    show(label, r)
D=json.JSONDecoder(); sc=_json.make_scanner(D)
t(1,lambda:sc('[1]',-1)); t(2,lambda:sc('[1]',5)); t(3,lambda:sc('x',0)); t(4,lambda:sc(string='[1]',idx=0)); t(5,lambda:sc(b'1',0)); t(6,lambda:sc('1')); t(7,lambda:_json.make_scanner()); t(8,lambda:_json.make_scanner(1))
t(10,lambda:(sc.strict,sc.object_hook,sc.parse_float,sc.parse_int,sc.parse_constant,sc.object_pairs_hook))
for s in ['','{','{"a"','{"a":','{"a":1','{"a":1,','{"a":1,}','{a:1}','{"a" 1}','{"a":1 "b":2}','{"a":1,2}','[','[1','[1,','[1,]','[1 2]','[,]','"','"abc','"\\','"\\x"','"\\u12"','"\\u12g4"','"\x01"','"\\ud800"','"\\ud83d\\ude00"','"\\ud83d\\u0041"','"\\ud83d\\ux"','-','01','1.','1.e5','1e','1e+','-0','-0.0','1E400','NaN','-Infinity','Infinity','nul','-I','[1] x','{"a":{"b":[1,2,{"c":null}]}}',' [ 1 , 2 ] ','{ "a" : 1 , "b" : 2 }','[1,\n]','{"a":1,\n}','1.5e-3','[true,false,null]','"\\/\\b\\f\\n\\r\\t\\"\\\\"','9'*5000,'"é\u1234😀"','"a\\u00e9b\U0001F600"','-Infinityx','{"a":}','[1,,2]','{,}','{"a":1,,}', '"\\u"', '"\t"', '[[[', '1e5','-1.5E+3', '"\\ud83d"', '"\\ud83d\\', '"\\ud83d\\u"', '{"a":1 ,\t}']:
    t(s[:40],lambda:json.loads(s))
for a in [('abc"x',0),('abc"x',4),('abc',0),('abc"',9),('abc',-1),('a\nb"',0,True),('a\nb"',0,False),(3,0),('abc"',),('abc"','x'),('\\u0041"',0),('',0),('"',0)]:
    t(('ss',)+a,lambda:_json.scanstring(*a))
for o in ['abc','é\u1234😀"\\\n\r\t\b\f\x00\x7f','\ud800',3,b'a']:
    t(('e',o),lambda:_json.encode_basestring(o)); t(('ea',o),lambda:_json.encode_basestring_ascii(o))
class S(str):pass
class I(int):
    def __repr__(self): return 'I!'
class F(float):
    def __repr__(self): return 'F!'
class DD(dict):
    def items(self): return [('x',1),('y',2)]
class BadItems(dict):
    def items(self): return [1]
class DefaultErr: pass
E=[1,-5,2**70,1.5,float('nan'),float('inf'),-float('inf'),True,None,'a',S('b'),I(5),F(2.5),[],{},(),[1,[2,(3,)]],{'a':1,2:3,1.5:2,True:1,None:0,I(7):1,F(1.5):2},{(1,):2},{b'a':1},object(),{1,2},DD(a=1),BadItems(a=1),[object()],{'a':[1,{'b':object()}]},{'b':1,'a':2},{float('nan'):1},(x for x in ()), [[]], [{}], {'a':{}}, {'a':[]}]
l=[];l.append(l);E.append(l)
d={};d['d']=d;E.append(d)
for i,o in enumerate(E):
    for kw in ({},{'skipkeys':True},{'allow_nan':False},{'sort_keys':True},{'ensure_ascii':False},{'indent':2},{'indent':'\t','separators':(', ',' : ')},{'check_circular':False,'default':lambda o:'D'} if o is not l and o is not d else {},{'default':lambda o:o},{'default':lambda o:[o.zz]},{'separators':(',',':')}):
        t((i,sorted(kw)),lambda:json.dumps(o,**kw))
M=_json.make_encoder
t('me1',lambda:M());t('me2',lambda:M(1,2,3,4,5,6,7,8,9));t('me3',lambda:M({},1,_json.encode_basestring,None,':',',',False,False,True));
e=M({},lambda o:o.zz,_json.encode_basestring,None,':',',',False,False,True)
t('me4',lambda:e({'a':[1,2,'x']},0));t('me5',lambda:e(1));t('me6',lambda:e([],'x'));t('me7',lambda:(e.markers,e.default,e.encoder,e.indent,e.key_separator,e.item_separator,e.sort_keys,e.skipkeys))
e=M({},None,lambda s:3,None,':',',',False,False,True); t('me8',lambda:e('a',0)); e=M(None,None,lambda s:'<'+s+'>',None,':',',',False,False,True); t('me9',lambda:e({'a':'b'},0))
t('me10',lambda:M({},None,encoder.py_encode_basestring,None,3,',',False,False,True)); t('me11',lambda:e(obj=[1],_current_indent_level=0)); t('me12',lambda:M([],None,encoder.py_encode_basestring,None,':',',',False,False,True));t('me13',lambda:M(1,None,encoder.py_encode_basestring,None,':',',',False,False,True))
def f(x): return (x,)
t('hook',lambda:json.loads('{"a":{"b":1}}',object_hook=f)); t('phook',lambda:json.loads('{"a":{"b":1},"c":2}',object_pairs_hook=f)); t('pf',lambda:json.loads('[1.5,2,NaN]',parse_float=f,parse_int=f,parse_constant=f)); t('ct',lambda:json.loads('[1.50,2]',parse_float=str,parse_int=float)); t('k',lambda:[type(x) for x in (sc,e,_json.scanstring)])
t('strict',lambda:json.loads('"\n"',strict=False)); t('sizes',lambda:json.loads('{"a":1,"a":2}')); t('sub',lambda:type(json.loads(S('"a"')))); t('sz',lambda:list(json.JSONEncoder(indent=3).iterencode({'a':[1,2]}))); t('sz',lambda:list(json.JSONEncoder().iterencode({'a':[1,2]})))
