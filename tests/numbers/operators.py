"""The operators of numbers on many pairs, mostly of big ints; all results go into a checksum."""
seed=12345
def rnd():
    global seed
    seed=(seed*6364136223846793005+1442695040888963407)%(1<<64)
    return seed>>11
def big():
    k=rnd()%6
    n=rnd()%200 if k==0 else rnd()
    for i in range(k): n=n*(1<<53)+rnd()
    if rnd()%4==0: n=n>>(rnd()%60)
    if rnd()%5==0: n=(1<<(rnd()%130))+(rnd()%3)-1
    return -n if rnd()%2 else n
def chk(h,x): return (h*1000003+sum(ord(c)*(i+1) for i,c in enumerate(str(x))))%(1<<61)
ops=[('add',lambda a,b:a+b),('sub',lambda a,b:a-b),('mul',lambda a,b:a*b),('fd',lambda a,b:a//b),('mod',lambda a,b:a%b),('dm',lambda a,b:divmod(a,b)),
('td',lambda a,b:a/b),('and',lambda a,b:a&b),('or',lambda a,b:a|b),('xor',lambda a,b:a^b),('sh',lambda a,b:a<<(b%200)),('shr',lambda a,b:a>>(b%200)),
('pow',lambda a,b:(a%1000)**(b%40)),('powm',lambda a,b:pow(a,abs(b),a+b)),('powi',lambda a,b:pow(a,-abs(b)%50-50,b)),('lt',lambda a,b:(a<b,a==b,a>=b,a<=b,a!=b,a>b)),
('flt',lambda a,b:(a<float(b),a==float(b),float(a)>b)),('hash',lambda a,b:(hash(a),hash(float(b)))),('f',lambda a,b:(float(a),a*1.0,b-0.5)),
('bits',lambda a,b:(a.bit_length(),a.bit_count(),~a,-a,abs(b),+b,bool(a))),('round',lambda a,b:(round(a,-(b%30)),round(float(a),(b%40)-20))),
('bytes',lambda a,b:int.from_bytes(a.to_bytes(60,'little' if b%2 else 'big',signed=True),'little' if b%2 else 'big',signed=True)==a),
('fmt',lambda a,b:(format(a,'x'),format(a,'#o'),format(a,','),format(a,'_b'),format(a,'+30d'),format(a,'e'))),
('ratio',lambda a,b:(float(a).as_integer_ratio(),(a/(abs(b)+1)).as_integer_ratio(),(a/(abs(b)+1)).hex())),
('str',lambda a,b:(int(str(a)),int(hex(a),16),int(bin(a),0),int(oct(a),8))),
('fdm',lambda a,b:(divmod(float(a),float(b)),float(a)%7.3,float(a)//-0.7)),
('cplx',lambda a,b:(complex(a,b)*complex(b,1),complex(a,b)/complex(b,3),complex(a%9,b%7)**3,abs(complex(a%1000,b%1000)),complex(a%5+1,b%7)**(0.5+1j))),
]
for name,f in ops:
    h=0
    for i in range(150):
        a,b=big(),big()
        try: r=f(a,b)
        except Exception as e: r=(type(e).__name__,str(e))
        h=chk(h,r)
        if i<4: print(name,a,b,r)
    print(name,h)
