"""_csv: dialects, readers and writers with all kinds of quoting."""
import re as _re
def show(label, r):
    try: text = repr(r)
    except Exception as e: text = "repr fails: " + str(e)
    print(label, "->", _re.sub("0x[0-9a-f]+", "0x", text)[:400])
import csv,_csv,io
def t(label,f):
    try: r=f()
    except Exception as e:
        r=type(e).__module__+'.'+type(e).__name__+': '+str(e)
    show(label, r)
t(1,lambda:_csv.reader());t(2,lambda:_csv.reader(1));t(3,lambda:list(_csv.reader([1])));t(4,lambda:list(_csv.reader([b'a'])));t(5,lambda:_csv.reader([],'foo'));t(6,lambda:_csv.reader([],foo=1));t(7,lambda:_csv.reader([],delimiter=''));t(8,lambda:_csv.reader([],delimiter=1));t(9,lambda:_csv.reader([],delimiter='ab'));t(10,lambda:_csv.reader([],delimiter=None));t(11,lambda:_csv.reader([],quotechar='ab'));t(12,lambda:_csv.reader([],quotechar=1));t(13,lambda:_csv.reader([],quotechar=None));t(14,lambda:_csv.reader([],escapechar='ab'));t(15,lambda:_csv.reader([],quoting=9));t(16,lambda:_csv.reader([],quoting='x'));t(17,lambda:_csv.reader([],lineterminator=1));t(18,lambda:_csv.reader([],lineterminator=None));t(19,lambda:_csv.reader([],quotechar=None,quoting=1));t(20,lambda:_csv.reader([],delimiter='"'));t(21,lambda:_csv.reader([],delimiter='\n'));t(22,lambda:_csv.reader([],delimiter=' ',skipinitialspace=True));t(23,lambda:_csv.reader([],escapechar='"'));t(24,lambda:_csv.reader([],lineterminator=','));t(25,lambda:_csv.reader([],quotechar='\r'));t(26,lambda:_csv.reader([],strict='x'));t(27,lambda:_csv.reader([],doublequote=[]))
t(28,lambda:_csv.reader([],1));t(29,lambda:_csv.reader([],None));t(30,lambda:_csv.reader([],csv.excel));t(31,lambda:_csv.reader([],csv.excel()));t(32,lambda:_csv.reader([],'excel',delimiter=';').dialect.delimiter);t(33,lambda:_csv.reader([],'excel',1)); t(34,lambda:_csv.reader([],delimiter='',quotechar='')); t(35,lambda:_csv.reader([],quotechar='',quoting=3).dialect.quotechar)
d=_csv.Dialect()
for a in ['delimiter','doublequote','escapechar','lineterminator','quotechar','quoting','skipinitialspace','strict']:
    t(a,lambda:getattr(d,a)); t(a,lambda:setattr(d,a,1)); t(a,lambda:delattr(d,a)); t(a, lambda:getattr(_csv.Dialect,a))
t(40,lambda:dir(_csv.Dialect));t(41,lambda:dir(_csv.Reader));t(42,lambda:dir(_csv.Writer));t(43,lambda:_csv.Reader());t(44,lambda:_csv.Writer());t(45,lambda:_csv.Dialect('zzz'));t(46,lambda:_csv.Dialect('excel').delimiter)
t(50,lambda:_csv.register_dialect());t(51,lambda:_csv.register_dialect(1));t(52,lambda:_csv.register_dialect('x',1));t(53,lambda:(_csv.register_dialect('x',delimiter=';'),_csv.get_dialect('x').delimiter,_csv.list_dialects()));t(54,lambda:_csv.unregister_dialect('x'));t(55,lambda:_csv.unregister_dialect('x'));t(56,lambda:_csv.get_dialect('x'));t(57,lambda:_csv.get_dialect([]));t(58,lambda:_csv.field_size_limit());t(59,lambda:_csv.field_size_limit('x'));t(60,lambda:(_csv.field_size_limit(10),_csv.field_size_limit(131072)));t(61,lambda:_csv.field_size_limit(2**100));t(62,lambda:_csv.get_dialect());t(63,lambda:_csv.list_dialects(1)); t(64,lambda:_csv.register_dialect('y',quoting=77)); t(65,lambda:_csv.field_size_limit(1.5)); t(66,lambda:_csv.register_dialect('x',csv.excel,1))
for s in ['','a,b','a,"b,c",d','"a""b"','"a"b','a"b','a,b\n','a,b\r\n','a,b\r','a\rb','a\nb','"a\nb"','"a','a,','"",','\0','a\0b','""','"a" ,b',' "a"',"'a'",'a\\,b','1,"2",x','1.5',',','"a\\"b"','a\n\n','\n','\r\n','"a"\n','a\\','a\\\nb']:
    for kw in ({},{'strict':True},{'quoting':3},{'quoting':2},{'escapechar':'\\'},{'escapechar':'\\','strict':True,'doublequote':False},{'skipinitialspace':True},{'quoting':4},{'quoting':5},{'escapechar':'\\','quoting':3},{'quotechar':None,'quoting':0},{'delimiter':' ','strict':1}):
        t((s,kw),lambda:list(_csv.reader([s],**kw)))
t('multi',lambda:list(_csv.reader(['a,"b\n','c",d\n'])));t('multi',lambda:list(_csv.reader(['a,"b\n','c'],strict=True)));t('multi',lambda:list(_csv.reader(['a\\\n','c'],escapechar='\\')))
r=_csv.reader(['a\n','b\n','"c\n','d"']); t('ln',lambda:[(x,r.line_num) for x in r]); t('next',lambda:next(r))
_csv.field_size_limit(5); t('lim',lambda:list(_csv.reader(['abcdef'])));t('lim',lambda:list(_csv.reader(['abcde']))); _csv.field_size_limit(131072)
def w(rows,many=False,**kw):
    f=io.StringIO(newline=''); x=_csv.writer(f,**kw); r=[x.writerows(rows)] if many else [x.writerow(row) for row in rows]; return f.getvalue(),r
class F(float): pass
rows=[[],['a'],['a','b'],['a,b'],['a"b'],['a\nb'],['a\rb'],['a b'],[' a'],[1],[1.5],[None],[''],[None,None],['',''],['a',None],[True],[1e100],['a\\b'],[10**20],['a;b'],["a'b"],['\0'],['a\r\n'],[b'x'],['"'],['"a"'],['é'],[complex(1)],['','a']]
for row in rows:
    for kw in ({},{'quoting':1},{'quoting':2},{'quoting':3},{'quoting':3,'escapechar':'\\'},{'quoting':4},{'quoting':5},{'doublequote':False},{'doublequote':False,'escapechar':'\\'},{'escapechar':'\\'},{'delimiter':' '},{'lineterminator':'!'},{'quotechar':None,'quoting':3},{'quotechar':None,'quoting':3,'escapechar':'\\'},{'skipinitialspace':True},{'delimiter':' ','skipinitialspace':False,'quoting':3},{'delimiter':';','lineterminator':'x'}):
        t((row,kw),lambda:w([row],**kw))
t('w1',lambda:w([1]));t('w2',lambda:w(['abc']));t('w3',lambda:w(5,many=True));t('w4',lambda:w([5],many=True));t('w5',lambda:w([[1],[2,3]],many=True));t('w6',lambda:_csv.writer());t('w7',lambda:_csv.writer(1));t('w8',lambda:_csv.writer(io.StringIO(),'zz'));t('w9',lambda:_csv.writer(io.StringIO()).dialect)
import copy,pickle
t('cp',lambda:copy.copy(d)); t('pk',lambda:pickle.dumps(d)); t('D2',lambda:_csv.Dialect(d) is d); t('D3',lambda:_csv.Dialect(d,delimiter=';').delimiter); t('D4',lambda:_csv.reader([],d).dialect is d)
class B: quoting=9
t('B',lambda:_csv.Dialect(B)); 
class B: delimiter=None
t('B',lambda:_csv.Dialect(B)); t('E',lambda:_csv.Error.__mro__)
class It:
    def __iter__(self): return self
    def __next__(self): raise KeyError('x')
t('it',lambda:next(_csv.reader(It()))); t('mod',lambda:(_csv.Reader.__module__,_csv.Reader.__doc__,_csv.Writer.__doc__,_csv.Dialect.__doc__))
