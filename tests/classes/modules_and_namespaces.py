"""Wrong arguments of descriptors; modules and namespaces made by hand."""
import re


def t(f):
    try:
        print(re.sub("0x[0-9a-f]+", "0x", repr(f())))
    except BaseException as e:
        print(type(e).__name__, re.sub("0x[0-9a-f]+", "0x", str(e)))


import types,marshal,_opcode,inspect
C=types.CodeType
for k,v in C.__dict__.items():
    if k=='__doc__':continue
def f(a,b=1,/,c=2,*d,e=3,**g):
    x=1
    def h(): return x,a
    for i in range(3):
        if i: continue
    return h
c=f.__code__
def tr(s):
for s in '''C()
C(1)
C(*range(5))
c
c.co_nlocals
list(c.co_branches())[:3]
list(c.co_lines())[:3]
list(c.co_positions())[:3]
c.co_lines()
c.co_positions()
c.co_branches()
c.co_lnotab
c._varname_from_oparg(0)
c._varname_from_oparg(99)
c._varname_from_oparg(-1)
c._varname_from_oparg('a')
c.replace(1)
c.replace(foo=1)
c.replace(co_argcount=-1)
c.replace(co_argcount='x')
c.replace(co_argcount=99)
c.replace(co_posonlyargcount=99)
c.replace(co_kwonlyargcount=-99)
c.replace(co_kwonlyargcount=99)
c.replace(co_flags=-1)
c.replace(co_stacksize=-1)
c.replace(co_stacksize=10**9)
c.replace(co_code=b'')
c.replace(co_code=b'abc')
c.replace(co_code=3)
c.replace(co_names=3)
c.replace(co_names=(3,))
c.replace(co_consts=[1])
c.replace(co_varnames=('a',))
c.replace(co_varnames=())
c.replace(co_nlocals=3)
c.replace(co_nlocals=-3)
c.replace(co_filename=3)
c.replace(co_name=3)
c.replace(co_qualname=3)
c.replace(co_linetable=3)
c.replace(co_exceptiontable=3)
c.replace(co_firstlineno=-5)
c.replace(co_freevars=('a',))
c.replace(co_cellvars=('a',)).co_cellvars
c.replace(co_cellvars=('zz',)).co_cellvars
c.replace(co_freevars=(3,))
c.co_varnames,c.co_cellvars,c.co_freevars
c.replace(co_name='x')==c, c.replace(co_filename='x')==c,c.replace(co_firstlineno=3)==c,c.replace(co_linetable=b'')==c,c.replace(co_stacksize=100)==c,c.replace(co_qualname='q')==c
c<c
c.replace(co_consts=(1.0,))==c.replace(co_consts=(1,))
c.replace(co_consts=(0.0,))==c.replace(co_consts=(-0.0,))
c.__replace__(co_name='x')
C(0,0,0,0,0,0,b'\\x80\\x00',(),(),(),'f','n','q',1,b'',b'')
C(0,0,0,0,0,0,b'',(),(),(),'f','n','q',1,b'',b'',(),(),3)
C(0,0,0,1,0,0,b'',(),(),(),'f','n','q',1,b'',b'',(),())
C(0,0,0,0,0,0,b'\\0\\0',(),(),(),'f','n','q',1,b'',b'',a=1)
C(-1,0,0,0,0,0,b'\\0\\0',(),(),(),'f','n','q',1,b'',b'')
C('a',0,0,0,0,0,b'\\0\\0',(),(),(),'f','n','q',1,b'',b'')
C(0,0,0,0,0,0,'x',(),(),(),'f','n','q',1,b'',b'')
C(0,0,0,0,0,0,b'\\0\\0',[],(),(),'f','n','q',1,b'',b'')
C(0,0,0,0,0,0,b'\\0\\0',(),(),(),'f',3,'q',1,b'',b'')
marshal.__doc__
'''.splitlines(): tr(s)
import marshal
for m in (marshal,_opcode):
  for k,v in m.__dict__.items():
import io
for s in '''marshal.dumps(object())
marshal.dumps(1,allow_code=0)
marshal.dumps(c,allow_code=False)
marshal.loads(marshal.dumps(c),allow_code=False)
marshal.loads('a')
marshal.loads(b'')
marshal.load(3)
marshal.loads(b'0')
marshal.loads(b'?')
marshal.dump(1,3)
marshal.dumps()
marshal.dumps(1,'x')
marshal.load(io.StringIO('aa'))
marshal.dumps(type)
marshal.dumps(StopIteration)
marshal.dumps(memoryview(b'ab'))
marshal.dumps(bytearray(b'ab'))
marshal.dumps(slice(1,2),4)
marshal.loads(b'[\\x01\\0\\0\\0')
marshal.dumps([1]*3, 0)
_opcode.stack_effect(9999)
_opcode.stack_effect(1,2,jump=3)
_opcode.stack_effect(1,2,jump=True)
_opcode.stack_effect(100)
_opcode.stack_effect(27)
_opcode.stack_effect(27,1)
_opcode.stack_effect('x')
_opcode.stack_effect(0)
_opcode.stack_effect(130)
_opcode.stack_effect(-1)
_opcode.is_valid(9999),_opcode.is_valid(-1),_opcode.is_valid(0),_opcode.is_valid(130),_opcode.is_valid(260),_opcode.is_valid(128),_opcode.is_valid(240)
_opcode.has_arg(9999),_opcode.has_arg(-1)
_opcode.get_nb_ops()
_opcode.get_intrinsic1_descs()
_opcode.get_intrinsic2_descs()
_opcode.get_special_method_names()
_opcode.get_executor(code=c,offset=0)
_opcode.get_executor(code=c,offset=1)
_opcode.get_executor(code=3,offset=1)
_opcode.get_specialization_stats()
_opcode.ENABLE_SPECIALIZATION
'''.splitlines(): tr(s)
