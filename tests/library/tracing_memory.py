"""tracemalloc: where blocks were allocated, how much there is, snapshots, errors, warnings about resources."""
import sys, tracemalloc, warnings, io, os

def line(): return sys._getframe(1).f_lineno
class Plain: pass
class Slotted: __slots__ = ("a", "b", "c")
def make(kind):
    if kind == "bytes": return b"x" * 5000
    if kind == "bytearray": return bytearray(5000)
    if kind == "slots": return Slotted()
    if kind == "object": return Plain()
    if kind == "str": return kind * 700
    if kind == "tuple": return tuple([kind] * 100)
KINDS = ("bytes", "bytearray", "slots", "object", "str", "tuple")

print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit(), tracemalloc._get_traces())
for bad in (0, -1, 65536, 2**40, 1.5, "3"):
    try: tracemalloc.start(bad)
    except (ValueError, TypeError, OverflowError) as error: print(type(error).__name__, error)
print(tracemalloc.get_object_traceback(make("bytes")), tracemalloc.is_tracing())
tracemalloc.reset_peak(); tracemalloc.clear_traces(); tracemalloc.stop()
try: tracemalloc.take_snapshot()
except RuntimeError as error: print(error)

tracemalloc.start(3)
first = line() - 23
kept = [make(kind) for kind in KINDS]
for kind, o in zip(KINDS, kept):
    trace = tracemalloc.get_object_traceback(o)
    print(kind, len(trace), [frame.lineno - first for frame in reversed(trace)], {os.path.basename(frame.filename) for frame in trace})
print(tracemalloc.get_object_traceback(3), tracemalloc.get_object_traceback(None), tracemalloc.get_traceback_limit())

before, _ = tracemalloc.get_traced_memory()
big = bytearray(1_000_000)
after, peak = tracemalloc.get_traced_memory()
print(1_000_000 <= after - before < 1_010_000, peak >= after)
big = None
less, peak = tracemalloc.get_traced_memory()
print(less - before < 10_000, peak >= after)
tracemalloc.reset_peak()
print(tracemalloc.get_traced_memory()[1] < after)
rows = [row for row in tracemalloc._get_traces() if row[1] > 4990 and row[2][0][1] == first + 5]
print([(domain, size, len(frames), total) for domain, size, frames, total in rows])
print(tracemalloc.get_tracemalloc_memory() > 1000)

snapshot = tracemalloc.take_snapshot()
kept += [make("bytes") for _ in range(50)]
grown = tracemalloc.take_snapshot().compare_to(snapshot, "lineno")
top = grown[0]
print(top.size_diff == 50 * sys.getsizeof(kept[0]), top.count_diff, top.traceback[0].lineno - first)
one = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, __file__, first + 5)])
print([(s.size, s.count) for s in one.statistics("filename")], [len(s.traceback) for s in one.statistics("traceback")])
tracemalloc.clear_traces()
print(tracemalloc.get_object_traceback(kept[0]), tracemalloc.is_tracing())
tracemalloc.stop()
print(tracemalloc.get_traced_memory(), tracemalloc.get_traceback_limit(), tracemalloc._get_traces(), tracemalloc.get_tracemalloc_memory())

warnings.simplefilter("always")
def leak(): return open(os.devnull)
sys.stderr = io.StringIO()
leak()
print("Enable tracemalloc" in sys.stderr.getvalue())
tracemalloc.start(2); sys.stderr = io.StringIO()
leak()
print(*[part.replace(__file__, "FILE").strip() for part in sys.stderr.getvalue().splitlines()[1:]], sep="\n")
