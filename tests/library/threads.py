"""threading: locks, conditions, events, queues, local data, pools, and order."""
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
results = []; lock = threading.Lock()
def work(n):
    for _ in range(1000):
        with lock: results.append(n)
threads = [threading.Thread(target=work, args=(i,), name=f"t{i}") for i in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]; print(len(results), sorted(set(results)), [t.is_alive() for t in threads], threads[0].name, threads[0].daemon, threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
counter = 0
def add():
    global counter
    for _ in range(2000):
        with lock: counter += 1
ts = [threading.Thread(target=add) for _ in range(3)]; [t.start() for t in ts]; [t.join() for t in ts]; print(counter)
q = queue.Queue(maxsize=2); out = []
def consume():
    while (x := q.get()) is not None: out.append(x * 2); q.task_done()
    q.task_done()
c = threading.Thread(target=consume); c.start(); [q.put(i) for i in range(5)]; q.put(None); q.join(); c.join(); print(out, q.empty(), q.qsize())
ev = threading.Event(); t = threading.Timer(0.01, ev.set); t.start(); print(ev.wait(5), ev.is_set())
cond = threading.Condition(); ready = []
def waiter():
    with cond: cond.wait_for(lambda: ready); ready.append("seen")
w = threading.Thread(target=waiter); w.start()
with cond: ready.append("go"); cond.notify_all()
w.join(); print(ready)
local = threading.local(); local.x = "main"; seen = []
def use(): seen.append(hasattr(local, "x")); local.x = "thread"; seen.append(local.x)
t = threading.Thread(target=use); t.start(); t.join(); print(seen, local.x)
r = threading.RLock()
with r, r: print("re-entered", r.acquire(blocking=False)); r.release()
s = threading.Semaphore(2); print(s.acquire(), s.acquire(), s.acquire(blocking=False)); s.release()
b = threading.Barrier(2); got = []
t = threading.Thread(target=lambda: got.append(b.wait())); t.start(); got.append(b.wait()); t.join(); print(sorted(got))
with ThreadPoolExecutor(2) as pool:
    fs = [pool.submit(pow, 2, n) for n in range(5)]; print(sorted(f.result() for f in as_completed(fs)), list(pool.map(str.upper, "abc")))
    bad = pool.submit(lambda: 1 / 0); print(type(bad.exception()).__name__, wait([bad]).done == {bad})
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
attempt("release", threading.Lock().release); attempt("rlock", threading.RLock().release); attempt("start twice", threads[0].start); attempt("join early", threading.Thread().join); attempt("join self", threading.current_thread().join); attempt("empty", lambda: q.get_nowait()); attempt("result", bad.result); attempt("notify", cond.notify); attempt("local", lambda: threading.local().nope); attempt("timeout", lambda: threading.Lock().acquire(True, -5)); attempt("blocking", lambda: threading.Lock().acquire(False, 1)); attempt("sem", lambda: threading.Semaphore(-1))
l = threading.Lock(); l.acquire(); start = time.monotonic(); print(l.acquire(timeout=0.02), time.monotonic() - start >= 0.015, l.locked())
pq = queue.PriorityQueue(); [pq.put(x) for x in (3, 1, 2)]; lq = queue.LifoQueue(); [lq.put(x) for x in "ab"]; print([pq.get() for _ in range(3)], lq.get(), lq.get())
d = threading.Thread(target=time.sleep, args=(30,), daemon=True); d.start(); print("main ends while a daemon runs", d.daemon)
