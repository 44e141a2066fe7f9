"""zlib, gzip and zip files; hashlib."""
import re as _re
def show(label, r):
    try: text = repr(r)
    except Exception as e: text = "repr fails: " + str(e)
    print(label, "->", _re.sub("0x[0-9a-f]+", "0x", text)[:400])
import zlib,copy,random,gzip,io,zipfile,hashlib
def t(label,f):
    try: r=f()
    except Exception as e: r=type(e).__name__+': '+str(e)
    show(label, r)
c=zlib.compressobj(); d=zlib.decompressobj(); z=zlib._ZlibDecompressor()
D=b'x\x9c\xcbH\xcd\xc9\xc9W(\xcf/\xcaI\xc9 \xd2'; D=zlib.compress(b'hello world'*10)
t(1,lambda:zlib.compress(b'',10)); t(2,lambda:zlib.compress(b'',wbits=99)); t(3,lambda:zlib.compress('a')); t(4,lambda:zlib.decompress(b'')); t(5,lambda:zlib.decompress(b'x')); t(6,lambda:zlib.decompress(b'xxxx')); t(7,lambda:zlib.decompress(D[:-2])); t(8,lambda:zlib.decompress(D[:-1]+b'\0')); t(9,lambda:zlib.decompress(D,wbits=99)); t(10,lambda:zlib.decompress(D,bufsize=-1)); t(11,lambda:zlib.decompress(D,bufsize=0)); t(12,lambda:zlib.compressobj(10)); t(13,lambda:zlib.compressobj(method=7)); t(14,lambda:zlib.compressobj(wbits=7)); t(15,lambda:zlib.compressobj(memLevel=10)); t(16,lambda:zlib.compressobj(strategy=9)); t(17,lambda:zlib.compressobj(zdict='a')); t(18,lambda:zlib.decompressobj(99)); t(19,lambda:zlib.decompressobj(zdict=1)); t(20,lambda:zlib.decompressobj(zdict='a')); t(21,lambda:d.decompress(D,-1)); t(22,lambda:d.flush(0)); t(23,lambda:d.flush(-1)); t(24,lambda:c.flush(99)); t(25,lambda:(c.compress(b'a'),c.flush(),c.flush())); t(26,lambda:c.compress(b'a')); t(27,lambda:c.copy())
zd=zlib.compressobj(zdict=b'hello'); Z=zd.compress(b'hello hello')+zd.flush()
t(29,lambda:zlib.decompress(Z));t(30,lambda:zlib.decompressobj(zdict=b'hello').decompress(Z));t(31,lambda:zlib.decompressobj(zdict=b'xx').decompress(Z));t(32,lambda:zlib.decompressobj().decompress(Z));z=zlib._ZlibDecompressor();t(34,lambda:(z.decompress(D,5),z.needs_input,z.eof,z.decompress(b'',-1),z.eof,z.unused_data,z.needs_input));t(35,lambda:z.decompress(b''));t(36,lambda:zlib._ZlibDecompressor(wbits=99));t(37,lambda:type(zlib._ZlibDecompressor(zdict=b'1')));t(38,lambda:zlib.crc32(b'a',-1));t(39,lambda:zlib.adler32(b'a',2**40));t(40,lambda:zlib.crc32('a'));t(41,lambda:type(c)());t(42,lambda:type(zlib.decompressobj(wbits=-15,zdict=b'aa')))
rnd=random.Random(1); data=bytes(rnd.choice(b'abcdefgh ') for _ in range(300000))
for lv in range(-1,10):
    for wb in (15,-15,31,9,-9):
        x=zlib.compress(data,lv,wb); assert zlib.decompress(x,wb)==data
x=zlib.compress(data); assert zlib.decompress(x,47)==data; assert zlib.decompress(x,0)==data
c=zlib.compressobj(); p=c.compress(data[:100000])+c.flush(zlib.Z_SYNC_FLUSH); c2=c.copy(); a=p+c.compress(data[100000:])+c.flush(); b=p+c2.compress(data[100000:])+c2.flush(); assert a==b and zlib.decompress(a)==data
d=zlib.decompressobj(); o=d.decompress(x[:5000],1000); d2=d.copy(); r1=d.decompress(d.unconsumed_tail+x[5000:]); r2=d2.decompress(d2.unconsumed_tail+x[5000:]); assert o+r1==data==o+r2
for mode in (0,1,2,3,5):
    c=zlib.compressobj(); y=b''.join(c.compress(data[i:i+1000])+c.flush(mode) for i in range(0,10000,1000))+c.flush(); assert zlib.decompress(y)==data[:10000],mode
assert gzip.decompress(gzip.compress(data))==data
b=io.BytesIO(); 
with zipfile.ZipFile(b,'w',zipfile.ZIP_DEFLATED) as zf: zf.writestr('a.txt',data); zf.writestr('b/c','x')
with zipfile.ZipFile(b) as zf: print(zf.namelist(), zf.read('a.txt')==data, zf.testzip())
t('h',lambda:[hashlib.new(n,b'abc').hexdigest() if 'shake' not in n else hashlib.new(n,b'abc').hexdigest(9) for n in sorted(hashlib.algorithms_guaranteed)])
for n in ('sha3_256','blake2b','blake2s','md5','sha1','sha512'):
    h=hashlib.new(n)
    for i in (0,1,127,128,129,64,63,65,1000,136,135,137): h.update(data[:i]); 
    print(n,h.hexdigest())
t('b',lambda:hashlib.blake2b(b'abc',key=b'k'*64,salt=b's'*16,person=b'p'*16,fanout=2,depth=3,leaf_size=4096,node_offset=2**40,node_depth=1,inner_size=32,last_node=True,digest_size=20).hexdigest())
t('s',lambda:hashlib.blake2s(b'abc'*100,key=b'k'*32,salt=b's'*8,person=b'p'*8,fanout=2,depth=3,leaf_size=4096,node_offset=2**40,node_depth=1,inner_size=32,last_node=True,digest_size=20).hexdigest())
t('b',lambda:hashlib.blake2b(data,key=b'k').hexdigest())
t('new',lambda:hashlib.new('xx'))
import hmac
t('hm',lambda:hmac.new(b'k',b'm','sha256').hexdigest()); t('fd',lambda:hashlib.file_digest(io.BytesIO(b'abc'),'sha256').hexdigest())
