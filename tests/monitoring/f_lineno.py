# Jumps of trace functions by f_lineno, and what they refuse.
import sys

def run(f, where, to, event='line'):
    out, base = [], f.__code__.co_firstlineno
    def tracer(frame, ev, arg):
        if frame.f_code is not f.__code__:
            return None
        if ev == event and frame.f_lineno - base == where:
            sys.settrace(None)
            frame.f_trace = None
            try:
                frame.f_lineno = base + to
            except Exception as e:
                out.append(f"{type(e).__name__}: {e}")
        return tracer
    sys.settrace(tracer)
    try:
        f(out)
    except Exception as e:
        out.append(repr(e))
    finally:
        sys.settrace(None)
    print(f.__name__, where, to, out)

def plain(out):
    out.append(1)
    out.append(2)
    out.append(3)

def loops(out):
    for i in (1, 2):
        out.append(i)
    out.append('after')
    while True:
        out.append('while')
        break

def tries(out):
    try:
        out.append(1)
        1 / 0
    except ZeroDivisionError:
        out.append('handler')
        out.append('handler 2')
    finally:
        out.append('finally')
    out.append('end')

def withs(out):
    import contextlib
    with contextlib.nullcontext():
        out.append('in')
        out.append('in 2')
    out.append('out')

for to in (-1, 0, 1, 2, 3, 4, 99):
    run(plain, 2, to)
for where, to in ((2, 3), (3, 2), (2, 5), (5, 2), (3, 6)):
    run(loops, where, to)
for where, to in ((2, 5), (2, 8), (5, 9), (6, 2), (8, 5), (9, 8), (9, 6)):
    run(tries, where, to)
for where, to in ((3, 5), (5, 3), (4, 3), (1, 4)):
    run(withs, where, to)
run(plain, 0, 2, 'call')
run(plain, 3, 1, 'return')
frame = sys._getframe()
for value in (1, 'a', 1.0):
    try: frame.f_lineno = value
    except ValueError as e: print(e)
