# cProfile and its native half: what is counted, and how it is shown.
import cProfile, io, itertools, pstats, sys, _lsprof

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def work():
    fib(5)
    sorted([3, 1, 2], key=lambda x: -x)
    [].append(len("abc"))
    list(gen())

def gen():
    for i in range(3):
        yield i

def name(code):
    return code if isinstance(code, str) else code.co_name

def show(profiler):
    for e in sorted(profiler.getstats(), key=lambda e: name(e.code)):
        calls = sorted((name(c.code), c.callcount, c.reccallcount) for c in e.calls or ())
        print(name(e.code), e.callcount, e.reccallcount, calls, 0 <= e.inlinetime <= e.totaltime)

profiler = cProfile.Profile()
profiler.runcall(work)
show(profiler)
profiler.clear()
print(profiler.getstats())

# A timer of the program's own, in ticks or seconds.
for unit in (0.0, 0.5):
    ticks = itertools.count()
    profiler = cProfile.Profile(lambda: next(ticks), unit)
    profiler.runcall(fib, 3)
    print(sorted((name(e.code), e.callcount, e.totaltime, e.inlinetime) for e in profiler.getstats()))

# Without calls of native code, without callees.
profiler = cProfile.Profile()
profiler.enable(subcalls=False, builtins=False)
work()
profiler.disable()
print(sorted((name(e.code), e.callcount) for e in profiler.getstats()))

# One profiler at a time, and what a timer may not do.
first, second = cProfile.Profile(), cProfile.Profile()
first.enable()
print(sys.monitoring.get_tool(2))
try: second.enable()
except ValueError as e: print(e)
first.disable()
print(sys.monitoring.get_tool(2))
refused = []
def timer():
    for action in (profiler.clear, profiler.disable):
        try: action()
        except RuntimeError as e: refused.append(str(e))
    return 0
profiler = _lsprof.Profiler(timer)
profiler.enable(); len([]); profiler.disable()
print(sorted(set(refused)))
for bad in (lambda: _lsprof.Profiler(1, 2, 3, 4, 5), lambda: _lsprof.Profiler(x=1), lambda: _lsprof.Profiler(timeunit='a'), lambda: profiler.enable(1, 2, 3)):
    try: bad()
    except TypeError as e: print(e)

out = io.StringIO()
profiler = cProfile.Profile(lambda: 0.0)
profiler.runcall(work)
pstats.Stats(profiler, stream=out).strip_dirs().sort_stats('name').print_stats()
print(out.getvalue())
