"""Native methods, slot wrappers and attributes of built-in types, and how they fail."""
import re


def t(f):
    try:
        print(re.sub("0x[0-9a-f]+", "0x", repr(f())))
    except BaseException as e:
        print(type(e).__name__, re.sub("0x[0-9a-f]+", "0x", str(e)))


for s in '''str(b'a',1)
str(b'a','utf8',3)
str(1,'utf8')
str('a','utf8')
str(object=1,foo=2)
str(1,2,3,4)
str(encoding='utf8')
str(bytearray(b'x'),'ascii')
str(memoryview(b'x'),'ascii')
'a'+1
'a'[1.0]
'a'[3]
'a'*2.0
'a'.center(3,'xx')
'a'.center(3,1)
'a'.count(1)
'a'.find(1)
'a'.index('b')
'a'.startswith(1)
'a'.startswith((1,))
'a'.join([1])
'a'.join(1)
'a'.split('')
'a'.split(1)
'a'.partition(1)
'a'.partition('')
'a'.replace(1,'a')
'a'.replace('a',1)
'a'.strip(1)
1 in 'a'
'a'.zfill('a')
'a'.translate(1)
'a'.translate({97:0x110000})
'a'.translate({97:1.0})
'a'.maketrans(1)
'a'.maketrans({'ab':1})
'a'.maketrans({1.0:1})
'a'.maketrans('ab','c')
'a'.maketrans(1,'c')
'a'.maketrans('a',1)
'a'.maketrans('a','b',1)
'a'.expandtabs('x')
'a'.removeprefix(1)
'a'.removesuffix(1)
'a'.splitlines(1,2)
'a'.encode(1)
'a'.encode('foo')
'a'.encode('rot13')
'\\ud800'.encode('utf-8','foo')
'é'.encode('ascii','foo')
'a'.encode('utf8','foo')
'a\\0'.encode('utf\\0')
'a'.find()
'a'.find('a',1,2,3)
'a'.find('a','x')
'a'.rindex('z')
'a'.endswith([])
'a'.format_map()
'a'<1
'%d' % 'a'
'%d' % 1.5
'%x' % 1.5
'%c' % 'ab'
'%c' % 1.5
'%c' % -1
'%c' % 0x110000
'%s %s' % 1
'%s' % (1,2)
'%(a)s' % 1
'%(a)s' % {}
'%*s' % ('a','b')
'%f' % 'a'
'%z' % 1
'%' % 1
'%(a' % {}
'a' % 1
'a' % {}
'a' % [1]
'%*d' % (2**70,1)
'%.*d' % (2**70,1)
b'a'.find('a')
b'a'.find(300)
b'a'.count(None)
b'a'.join(['a'])
b'a'.join([1])
b'a'.split('a')
b'a'+'a'
b'a'+1
b'a'.replace('a',b'')
b'a'.strip('a')
b'a'.startswith('a')
b'a'.startswith(('a',))
'a' in b'a'
300 in b'a'
b'a'['x']
b'a'[3]
b'a'*'x'
b'a'.center(3,'x')
b'a'.center(3,b'xx')
b'a'.fromhex('1')
b'a'.fromhex('zz')
b'a'.fromhex(1)
b'a'.fromhex(b'ab')
b'a'.hex(1)
b'a'.hex('ab')
b'a'.hex('é')
b'abcdef'.hex('-',2)
b'abcdef'.hex('-',-2)
b'a'.translate(1)
b'a'.translate(b'x')
b'a'.maketrans(b'a',b'bc')
b'a'.decode('rot13')
bytes(-1)
bytes('a')
bytes('a',1)
bytes(1,'a')
bytes(1.5)
bytes([300])
bytes(['a'])
bytes(2**70)
bytes(1,2,3,4)
bytes(errors='a')
bytes(encoding='a')
bytes(source='a', encoding='utf8')
bytes(source=3, errors='utf8')
bytearray('a')
bytearray(-1)
bytearray([300])
bytearray(['a'])
bytearray(1.5)
b'%d' % 'a'
b'%s' % 'a'
b'%b' % 1
b'%c' % 'a'
b'%c' % 300
b'%c' % b'ab'
b'%a' % 'é'
b'%x' % 1.5
b'%f' % 'a'
b'%z' % 1
b'%s %s' % 1
b'%s' % (1,2)
b'a' < 'a'
b'a'.removeprefix('a')
b'a'.partition(b'')
b'a'.partition(1)
b'a'.index(b'z')
b'a'.index(98)
b'a'.expandtabs('x')
bytearray(b'a').pop(3)
bytearray(b'').pop()
bytearray(b'a').remove(98)
bytearray(b'a').append(300)
bytearray(b'a').append('a')
bytearray(b'a').insert(0,300)
bytearray(b'a').extend(1)
bytearray(b'a').extend([300])
bytearray(b'a').extend(['a'])
bytearray(b'a').extend('a')
bytearray(b'a').resize(-1)
bytearray(b'a').__reduce__()
bytearray(b'a').__iadd__(1)
bytearray(b'a').__setitem__(5,1)
bytearray(b'a').__setitem__(0,300)
bytearray(b'a').__setitem__('a',1)
bytearray(b'a').__setitem__(slice(0,1),1)
bytearray(b'a').__setitem__(slice(0,1),'a')
bytearray(b'abcd').__setitem__(slice(0,4,2),b'a')
bytearray(b'a').__delitem__(5)
b'a'.__getnewargs__()
'a'.__getnewargs__()
'{} {}'.format(1)
'{a}'.format()
'{'.format()
'}'.format()
'{0!z}'.format(1)
'{0!}'.format(1)
'{0!rx}'.format(1)
'{0:{}}'.format(1)
'{}{0}'.format(1)
'{0}{}'.format(1)
'{0[}'.format([1])
'{0[]}'.format([1])
'{0.}'.format([1])
'{0[a]x}'.format([1])
'{0[1'.format([1])
'{:{:{}}}'.format(1,2,3)
'{0:{'.format(1)
'{!r'.format(1)
'{!'.format(1)
'{:'.format(1)
'{99999999999999999999}'.format(1)
'{0[99999999999999999999]}'.format([1])
'{ }'.format(1)
'{a b}'.format_map({'a b':1})
'{}'.format_map({'a':1})
'{0}'.format_map({'a':1})
'{:d}'.format('a')
'{:+}'.format('a')
'{:5}|{:^5}|{:>5}'.format('a','b','c')
format('a','s5')
format('a',1)
'a'.__format__(1)
'{0.real}{0[0]}'.format(1)
'{:{}}'.format('a',5)
'{0:{1}}{}'.format('a',5)
'{0!r:>5}'.format('a')
'{{}}{}'.format(1)'''.split('\n'): t(s)
