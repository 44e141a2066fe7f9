"""What operators and methods of numbers refuse, and how they say it."""
import re
import warnings

warnings.simplefilter('ignore')


def show(source):
    try:
        print(source, '->', re.sub('0x[0-9a-f]+', '0x', repr(eval(source)))[:300])
    except Exception as e:
        print(source, '!!', type(e).__name__ + ':', e)


for source in r'''
1%0
1//0
divmod(1,0)
1/0
1.0%0
1.0//0
divmod(1.0,0.0)
1.0/0
0.0**-1
0**-1
0j**-1
1j/0
1j%2
divmod(1j,2)
pow(1j,1,1)
pow(1,1.0,1)
10.0**400
10**400*1.0
10**400/1
float(10**400)
1/10**400
1<<-1
1>>-1
1<<(1<<70)
1<<(1<<63)
0<<(1<<70)
1>>(1<<70)
pow(2,-1,4)
pow(2,1,0)
int(1,2,3)
int(x=1)
int(base=2)
int("1",foo=3)
int(1,2)
int("1",1)
int("1",10**30)
int("1",-1)
int("z")
int("z",8)
int(b"z")
int(bytearray(b"z"), 8)
int([])
int("1"*5000)
str(10**5000)
int(float("nan"))
int(float("inf"))
round(1.5,"a")
round(float("nan"))
round(1.7e308,-308)
(1).to_bytes(-1)
(300).to_bytes(1)
(-1).to_bytes(1)
(1).to_bytes(1,"foo")
(1).to_bytes(1,5)
int.from_bytes("a")
int.from_bytes(5)
int.from_bytes([1,2,300])
int.from_bytes([1,2],"x")
int.from_bytes([1,2],"little")
int.from_bytes()
format(1,"s")
format(True,"s")
(1).__format__(1)
(1).bit_length(2)
bool(1,2)
bool(x=1)
float(1,2)
float(x=1)
float([])
float("a")
float(b"a")
float.fromhex(1)
float.__getformat__("x")
float.__getformat__(1)
float.from_number("1")
complex("1","2")
complex(1,"2")
complex([])
complex(1,[])
complex("z")
complex(1,2,3)
complex.from_number("1")
complex(x=1)
1j<2
int(1j)
float(1j)
float("nan").as_integer_ratio()
float("inf").as_integer_ratio()
(0).__sizeof__()
(2**30).__sizeof__()
0/-5
(1).__lt__(2.0)
int.__new__(1)
int.__new__(str)
int.__new__(bool)
complex(1e400,2)*1j
float.hex(1)
(1).__add__('a')
1 + 'a'
(2).conjugate(1)
"x" in 5
'''.strip().splitlines():
    show(source)
