"""Expressions with numbers of all kinds at the edges of their ranges."""
import re
import warnings

warnings.simplefilter('ignore')


def show(source):
    try:
        print(source, '->', re.sub('0x[0-9a-f]+', '0x', repr(eval(source)))[:300])
    except Exception as e:
        print(source, '!!', type(e).__name__ + ':', e)


for source in r'''
complex()
complex(1j,None)
complex('1',None)
complex(None)
complex(imag=2)
complex(real=2)
complex(real="1")
complex(1,2,imag=3)
repr(complex(-0.0,-0.0))
str(complex(1e20,float('nan')))
complex('1e5j')
complex(' ( 1+2j ) ')
complex('1+-2j')
complex('j')
complex('1+j')
complex('(1')
complex('nan+infj')
complex('1_0+2j')
complex(b'1')
complex.from_number(3)
complex.from_number([])
format(1+2j,'.2f')
format(1+2j,'s')
hash(1+0j), hash(1+2j)
(1j).__getnewargs__()
1j**2
1j**-1
(1+1j)**100
(1+1j)**101
(1+1j)**0.5
(2j)**(1e300)
(1e300+1j)**2
0j**0
0j**1j
0j**(2+0j)
complex(1e308,1e308)**2
abs(complex(1.7e308,1.7e308))
1j==10**400
1.0+complex(2,-0.0)
complex(2,-0.0)+1.0
1.0-complex(2,0.0)
complex(2,-0.0)*2
2/complex(0,2)
1/complex(1e400,0)
(1+2j)/(0+0j)
-1j
(1j).conjugate()
pow(1j,2,None)
complex(1,2).__complex__()
int.__pow__(2,1j)
(-8)**(1/3)
(-8.0)**0.5
float('nan')==float('nan')
1e308*10
-0.0
0.0 // -1
-1.0 % 1e308
5e-324/2
float.fromhex('0x1.8p3')
float.fromhex('inf')
float('  1_000.5e-3 ')
float('1__0')
float('٣')
int('٣٤')
int(' 0b101 ',0)
int('0_1',0)
int('1__0')
int(b'12'), int(bytearray(b'13'))
(2.5).__round__(), (3.5).__round__(), round(2.675,2), round(1e22,-22), round(-0.5)
round(123456789.123456789, 3)
(10**20).__round__(-19), round(15,-1), round(25,-1), round(-15,-1)
1e16.is_integer(), float('inf').is_integer()
repr(1e16), repr(123456789012345680.0), repr(1e-5), repr(0.0001)
format(1234567.891,',.2f'), format(0.5,'%'), format(1e10,'g'), format(float('nan'),'08'), format(3.14159,'.3'), format(-1.5,'z.0f')
format(65,'c'), format(255,'#X'), format(-5,'=+08d'), format(5,'^9'), format(12345,'n')
format(5,'.2d')
True+True, True&False, True|1, True^True, ~5, -True, +True
isinstance(True,int), bool.__bases__, int(True), True.__repr__(), str(True), f"{True}", f"{True:d}"
int.from_bytes(b'\xff\x00','big',signed=True), (0).to_bytes(0), (-1).to_bytes(1,signed=True), (127).to_bytes(1,signed=True)
(128).to_bytes(1,signed=True)
(5).as_integer_ratio(), (5).numerator, (5).denominator, (5).real, (5).imag, (5).is_integer()
(1<<62), (1<<62)-1, -(1<<62), -(1<<62)-1, (1<<63), (1<<64)
(1<<62)-1 is (1<<62)-1
2**-1, 2**0.5, 2.0**3, 0**0, (-2)**3, (-1)**(10**30), 1**(10**30), 0**(10**30)
pow(3,-1,7), pow(3,-2,-7), pow(5,3,-7), pow(0,0,1), pow(2,10**20,97)
(10**30)//7, -(10**30)//7, (10**30)%-7, divmod(-7,2), divmod(7,-2), -7//2, -7%2
10**22/3, (10**40)/(10**20), 1/3, 2**1023*1.0, (2**1024-1)/2
1.5.__floor__(), 1.5.__ceil__(), (-1.5).__trunc__(), float('1e400')
hash(1.0)==hash(1), hash(2**61-1), hash(-1), hash(float('inf')), hash(0.5), hash(1e300)
1 < 1.5 < 2, 2**53+1 == float(2**53+1), 10**400 > 1e308, -10**400 < -1e308, 10**400 < float('inf')
sum([True,2,3.5]), max(1,2.5), min(3,2), abs(-5), abs(-5.5)
'''.strip().splitlines():
    show(source)
