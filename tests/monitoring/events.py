# sys.monitoring: events of branches and instructions, checks of arguments.
import sys, dis
M=sys.monitoring; E=M.events
def show(f, evs, *a, call=True):
    M.use_tool_id(3,"t")
    out=[]
    names={n:v for n,v in vars(E).items() if v}
    for n,v in names.items():
        if v & evs:
            M.register_callback(3,v,(lambda n: lambda code,*args: out.append((n,)+tuple(x if isinstance(x,int) else getattr(x,'__name__',repr(x)) for x in args)))(n))
    M.set_local_events(3,f.__code__,evs)
    try: f(*a)
    except Exception as e: out.append(repr(e))
    M.set_local_events(3,f.__code__,0)
    M.clear_tool_id(3) if 0 else None
    M.free_tool_id(3)
    return out
def brk():
    for x in [1,2,3]:
        if x==2:
            break
    return x
print(show(brk,E.BRANCH_LEFT|E.BRANCH_RIGHT))
print(show(brk,E.BRANCH_RIGHT))
print(show(brk,E.INSTRUCTION))
src="def big(a):\n x=0\n for i in range(2):\n" + "  x = x + a.real + a.imag\n"*40 + " return x\n"
ns={}; exec(src,ns)
print(show(ns['big'],E.INSTRUCTION|E.LINE,1)[:12])
print([ (i.offset,i.opname) for i in dis.get_instructions(ns['big'])][:14])
def tr(f,ev):
    M.use_tool_id(3,"t")
    for s in ev:
        try: M.set_events(3,s); print(hex(s),hex(M.get_events(3)))
        except Exception as e: print(hex(s),type(e),e)
    M.set_events(3,0)
    M.free_tool_id(3)
tr(brk,[E.C_RETURN, E.C_RETURN|E.CALL, E.C_RETURN|E.CALL|E.C_RAISE, 1<<19, -1, E.BRANCH])
for f in (lambda: M.set_events(7,0), lambda: M.set_events(3,0), lambda: M.register_callback(3,3,None), lambda: M.register_callback(3,1<<20,None),lambda: M.set_local_events(3,1,0),lambda: M.get_local_events(3,1), lambda:M.use_tool_id(3,4), lambda: M.clear_tool_id(3),lambda: M.register_callback(8,1,None), lambda:M.register_callback(3,1,None), lambda:M.get_events(3),lambda:M.get_events(9)
  ,lambda:M.register_callback(3,0,None),lambda:M.register_callback(3,1,4), lambda:M.clear_tool_id(9), lambda:M.free_tool_id(9), lambda:M.free_tool_id(3), lambda:M._all_events(), lambda: M.set_local_events(3,brk.__code__,E.C_RETURN)):
    try: print(f())
    except Exception as e: print(type(e),e)
M.use_tool_id(3,"x")
for f in (lambda: M.set_local_events(3,brk.__code__,E.RAISE),lambda: M.set_local_events(3,brk.__code__,E.PY_UNWIND),lambda: M.set_local_events(3,brk.__code__,E.C_RETURN),lambda: M.set_local_events(3,brk.__code__,E.BRANCH), lambda: M.get_local_events(3,brk.__code__), lambda: M.set_events(3,E.CALL|E.C_RETURN|E.C_RAISE),lambda:M.get_events(3),lambda:M.use_tool_id(3,"x"), lambda: M._all_events()):
    try: print(f())
    except Exception as e: print(type(e),e)
print([x for x in dir(M)])

# Every event, with DISABLE and restart_events.
def program():
    def gen():
        try:
            x = yield 1
            yield x
        finally:
            pass
    def outer():
        r = yield from gen()
        return r
    class B:
        def m(self): return 1
    class C(B):
        def m(self): return super().m()
    total = 0
    for i in range(3):
        if i % 2:
            total += i
    while total > 0:
        total -= 1
    g = outer()
    next(g); g.send(5)
    try:
        g.throw(KeyError)
    except KeyError:
        pass
    try:
        int('x')
    except ValueError as e:
        try:
            raise
        except ValueError:
            pass
    C().m(); len(*[[]]); dict(a=1)
    [k for k in (1, 2)]
    return total

def watch(event_set, disable=False):
    seen = []
    M.use_tool_id(4, "w")
    for name, bit in vars(E).items():
        if bit and bit & event_set and name != 'BRANCH':
            def cb(code, *args, name=name):
                # Whether a frame that an exception is thrown into tells of its line again depends on how often CPython ran it.
                if code.co_filename == __file__ and (name, code.co_name) != ('LINE', 'outer'):
                    seen.append((name, code.co_name) + tuple(a if isinstance(a, int) else type(a).__name__ for a in args))
                if disable: return M.DISABLE
            M.register_callback(4, bit, cb)
    M.set_events(4, event_set)
    program()
    if disable:
        seen.append('again'); program()
        M.restart_events()
        seen.append('restarted'); program()
    M.set_events(4, 0)
    M.free_tool_id(4)
    return seen

for event_set in (E.PY_START | E.PY_RESUME | E.PY_RETURN | E.PY_YIELD | E.PY_UNWIND | E.PY_THROW, E.CALL | E.C_RETURN | E.C_RAISE, E.LINE | E.PY_START, E.JUMP,
                  E.BRANCH_LEFT | E.BRANCH_RIGHT, E.RAISE | E.RERAISE | E.EXCEPTION_HANDLED):
    for item in watch(event_set): print(item)
for event_set in (E.LINE | E.PY_START, E.BRANCH_LEFT | E.BRANCH_RIGHT, E.PY_START | E.PY_RETURN):
    for item in watch(event_set, True): print(item)
# Disabling what has no place of its own is an error.
M.use_tool_id(4, "w")
M.register_callback(4, E.RAISE, lambda *a: M.DISABLE)
M.set_events(4, E.RAISE)
try:
    try: 1 / 0
    except ZeroDivisionError: print('?')
except ValueError as e: print(e)
M.set_events(4, 0)
M.free_tool_id(4)
