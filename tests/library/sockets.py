"""socket: pairs, servers, timeouts, datagrams, messages beside the data, options, names; selectors and asyncio over them."""
import asyncio, array, os, select, selectors, socket, socketserver, threading
def attempt(f, *args, **kwargs):
    try: return f(*args, **kwargs)
    except (OSError, ValueError, TypeError, OverflowError) as e: return f"{type(e).__name__}: {e}"
a, b = socket.socketpair()
print(a.send(b"hello"), b.recv(3), b.recv_into(buf := bytearray(4)), buf, a.sendall(b"x" * 10), b.recvfrom(20))
print(a.sendmsg([b"ab", b"cd"]), b.recvmsg(10), b.sendmsg([b"fd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1]))]))
data, ancillary, flags, address = a.recvmsg(10, socket.CMSG_LEN(4)); print(data, len(ancillary), ancillary[0][:2], flags, address)
os.close(int.from_bytes(ancillary[0][2], "little"))
a.settimeout(0.02); print(attempt(a.recv, 1), a.gettimeout()); a.setblocking(False); print(attempt(a.recv, 1), a.getblocking())
print(attempt(a.recv, -1), attempt(a.recv_into, bytearray(2), 5), attempt(a.send, "x"), attempt(a.settimeout, -1), attempt(a.settimeout, "x"), sep="\n")
b.shutdown(socket.SHUT_WR); print(a.recv(5)); a.close(); print(attempt(a.recv, 1), attempt(b.send, b"x"), a.fileno()); b.close()
server = socket.create_server(("127.0.0.1", 0)); port = server.getsockname()[1]
def serve():
    c, peer = server.accept()
    with c, c.makefile("rw") as f:
        for line in f: f.write(line.upper()); f.flush()
t = threading.Thread(target=serve); t.start()
with socket.create_connection(("127.0.0.1", port), timeout=5) as c:
    print(c.getpeername() == ("127.0.0.1", port)); c.sendall(b"one\ntwo\n"); c.shutdown(socket.SHUT_WR); print(c.makefile().read().split(), c.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
t.join(); server.close()
u, v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0)); v.bind(("", 0)); print(v.sendto(b"datagram", u.getsockname()), u.recvfrom_into(buf := bytearray(20))[0], bytes(buf[:8]), v.getsockname()[0]); v.close()
for bad in (1, ("a",), (1, 2), ("127.0.0.1", 70000), ("127.0.0.1", "x"), ("127.0.0.1", 1.5)): print(attempt(u.bind, bad))
print(attempt(u.setsockopt, 1, 2), attempt(u.setsockopt, 1, 2, "x"), attempt(u.getsockopt, 1, 2, 5000), attempt(u.sendto, b"x"), sep="\n"); u.close()
un = socket.socket(socket.AF_UNIX); print(attempt(un.bind, "a" * 200), attempt(un.bind, 1), un.bind("\0pyroxene-test-%d" % os.getpid()), un.getsockname()[:10]); un.close()
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM), attempt(socket.getaddrinfo, "127.0.0.1", 1.5), attempt(socket.getaddrinfo, 1, 2), sep="\n")
print(socket.inet_aton("1.2"), attempt(socket.inet_aton, "x"), socket.inet_pton(socket.AF_INET6, "::1")[-1], socket.inet_ntop(socket.AF_INET, b"\1\2\3\4"), attempt(socket.inet_ntop, 2, b"x"), attempt(socket.inet_ntop, 99, b""))
print(socket.htons(258), socket.ntohl(1), attempt(socket.htons, -1), attempt(socket.htonl, 2**33), socket.CMSG_SPACE(5), attempt(socket.CMSG_LEN, -1), socket.if_indextoname(1), attempt(socket.if_nametoindex, "nope"))
print(socket.socket().__repr__()[:24], attempt(socket.socket, 999), attempt(socket.socket, fileno=-1), attempt(socket.socket, fileno="x"), sep="\n")
with selectors.DefaultSelector() as s:
    a, b = socket.socketpair(); s.register(a, selectors.EVENT_READ, "data"); print(s.select(0)); b.send(b"x"); print([(k.data, e) for k, e in s.select(1)]); a.close(); b.close()
r, w = os.pipe(); p = select.poll(); p.register(r, select.POLLIN); p.register(w)
print(select.select([r], [w], [], 0) == ([], [w], []), len(p.poll(0)), attempt(p.modify, 999, 1), attempt(p.poll, "x"), attempt(select.select, [], [], [], -1), attempt(select.select, 1, [], []))
e = select.epoll(); e.register(r, select.EPOLLIN); print(e.poll(0), os.write(w, b"1"), e.poll(1) == [(r, select.EPOLLIN)], attempt(e.poll, 1, 0)); e.close(); print(e.closed, attempt(e.fileno))
class Echo(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline()[::-1])
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
    threading.Thread(target=server.serve_forever, args=(0.01,)).start()
    with socket.create_connection(server.server_address) as c: c.sendall(b"abc\n"); print(c.makefile("rb").read())
    server.shutdown()
async def main():
    async def handle(reader, writer):
        writer.write(await reader.readline()); await writer.drain(); writer.close()
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"line\n"); print(await reader.read()); writer.close(); server.close()
    process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1); print(await process.communicate(b"through"), process.returncode)
    print(await asyncio.gather(*(asyncio.to_thread(pow, i, 2) for i in range(4))))
    try: await asyncio.wait_for(asyncio.sleep(5), 0.01)
    except TimeoutError as e: print("timeout", repr(e))
asyncio.run(main())
