# Watching code that ran often before, and that runs on unwatched: specialised instructions come and go.
import sys
ev=[]
def t(f,e,a):
    (o for o in ev); ev.append((e,f.f_code.co_name,f.f_lineno)); return t
def gf():
    try:
        yield True
        "continued"
    finally:
        "finally"
def run():
    x = any(gf())
    for i in range(3): y=i
for k in range(50): run()
sys.settrace(t)
try: run(); run()
finally: sys.settrace(None)
def r2():
    for q in gf(): z=q
for k in range(50): r2()
ev.clear()
sys.settrace(t)
try: r2(); r2()
finally: sys.settrace(None)
print(ev[:14])
def r3():
    for q in gf(): break
for k in range(50): r3()
ev.clear()
sys.settrace(t)
try: r3(); r3()
finally: sys.settrace(None)
print(ev[:14])
# On and off again in one loop, with attributes, calls and globals.
class P:
    x = 1
    def m(self): return self.x
total = 0
def hot(n):
    global total
    p = P()
    for i in range(n):
        total += p.m() + len("ab")
        if i % 50 == 0: sys.settrace(t)
        if i % 50 == 3: sys.settrace(None)
ev.clear()
hot(200); hot(200)
print(total, len([e for e in ev if e[0] == 'call']), sys.gettrace())
M = sys.monitoring
M.use_tool_id(3, "x")
seen = set()
M.register_callback(3, M.events.INSTRUCTION, lambda code, offset: seen.add((code.co_name, offset)))
M.set_local_events(3, P.m.__code__, M.events.INSTRUCTION)
hot(60)
M.set_local_events(3, P.m.__code__, 0)
hot(60)
M.free_tool_id(3)
sys.settrace(None)
print(total, sorted(seen))
