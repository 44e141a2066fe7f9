# sys.addaudithook and sys.audit; events of the interpreter itself.
import sys
seen = []
on = False
def hook(event, args):
    if on and not event.startswith('object.'):
        seen.append((event, tuple('int' if event == 'builtins.id' else a if isinstance(a, (int, str, bytes, type(None))) else type(a).__name__ for a in args)))
sys.addaudithook(hook)
def check(f):
    global on
    seen.clear(); on = True
    try: f()
    except Exception as e: error = type(e).__name__
    else: error = None
    on = False
    print(error, seen)
check(lambda: sys.audit('mine', 1, 'two', [3]))
check(lambda: compile('1', 'name', 'eval'))
check(lambda: eval('1'))
check(lambda: exec('x = 1'))
check(lambda: open('/nonexistent/file'))
check(lambda: sys._getframe())
check(lambda: sys.settrace(None))
check(lambda: sys.setprofile(None))
check(lambda: sys.addaudithook(hook))
check(lambda: sys._current_frames())
check(lambda: len([id(3)]))
check(lambda: sys.set_asyncgen_hooks())
check(lambda: sys.monitoring.register_callback(0, 1, None))
check(lambda: __import__('sys.nothing'))
class Forbid(Exception): pass
def strict(event, args):
    if event == 'forbidden': raise Forbid(args)
    if event == 'sys.addaudithook': raise RuntimeError
sys.addaudithook(strict)
try: sys.audit('forbidden', 5)
except Forbid as e: print('forbidden', e)
sys.addaudithook(lambda *a: print('never called'))
sys.audit('something')
