"""multiprocessing: shared semaphores, then pools, queues, pipes, managers and shared memory with each way of starting processes."""
import _multiprocessing as m
import multiprocessing as mp
import os, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory

def show(f):
    try: print(f())
    except Exception as error: print(type(error).__name__, error)

def square(x): return x * x
def fail(x): raise ValueError(f"no {x}")
def worker(queue, lock, i):
    with lock: queue.put((i, mp.current_process().name.split("-")[0]))
def fill(name):
    block = shared_memory.SharedMemory(name); block.buf[:3] = b"abc"; block.close()
def waiter(event, semaphore, pipe):
    event.wait(); semaphore.release(); pipe.send("seen"); pipe.close()

def semaphores():
    S, tag = m.SemLock, f"/t{os.getpid()}"
    s = S(1, 1, 5, tag + "a", True)
    print(s.kind, s.maxvalue, s.name, m.flags, S.SEM_VALUE_MAX, s.handle > 0)
    for bad in ((2, 1, 5, tag, True), (0, -1, 5, tag, True), (0, 1, 5, "/a/b", True), (0, 1, 5, 5, True), (0, 1, 5), (0, 1, 5, tag, True, 3)): show(lambda: S(*bad).kind)
    s = S(kind=1, value=1, maxvalue=1, name=tag + "b", unlink=1)
    print(s.acquire(), s.acquire(False), s.acquire(True, 0.05), s.acquire(block=True, timeout=0), s._count(), s._is_mine(), s._get_value(), s._is_zero())
    for f in (lambda: s.acquire(True, "a"), lambda: s.acquire(1, 2, 3), s.release, s.release, lambda: s.acquire(True, -1)): show(f)
    r = S(0, 1, 1, tag + "c", True)
    show(r.release); print(r.acquire(), r.acquire(), r._count(), r._is_mine())
    for f in (r.release, r.release, r.release): show(f)
    with r: print(r._count())
    b = S(1, 1, 3, tag + "d", True)
    for f in (b.release, b.release, b.release): show(f)
    copy = S._rebuild(b.handle, 1, 3, None); print(b._get_value(), copy.name, copy.handle == b.handle)
    kept = S(1, 1, 1, tag + "e", False); again = S._rebuild(0, 1, 1, kept.name)
    print(again.acquire(False), kept.acquire(False), kept.name == again.name)
    for f in (lambda: m.sem_unlink(kept.name), lambda: m.sem_unlink(kept.name), lambda: m.sem_unlink(5), lambda: S._rebuild(1, 2), r._after_fork): show(f)

def start(method):
    context = mp.get_context(method)
    with context.Pool(2) as pool:
        print(method, pool.map(square, range(5)), pool.apply(square, (7,)), sorted(pool.imap_unordered(square, range(4))), pool.starmap(pow, [(2, 3), (3, 2)]))
        show(lambda: pool.map(fail, [3]))
    queue, lock = context.Queue(), context.Lock()
    processes = [context.Process(target=worker, args=(queue, lock, i), name=f"w-{i}") for i in range(3)]
    for p in processes: p.start()
    got = sorted(queue.get() for _ in processes)
    for p in processes: p.join()
    print(got, [p.exitcode for p in processes], lock)
    event, semaphore, (here, there) = context.Event(), context.Semaphore(0), context.Pipe()
    p = context.Process(target=waiter, args=(event, semaphore, there)); p.start()
    event.set(); print(semaphore.acquire(timeout=30), here.recv(), event.is_set()); p.join(); print(p.exitcode)
    p = context.Process(target=sys.exit, args=(3,)); p.start(); p.join(); print(p.exitcode, p.is_alive())
    block = shared_memory.SharedMemory(create=True, size=16)
    p = context.Process(target=fill, args=(block.name,)); p.start(); p.join()
    print(bytes(block.buf[:4])); block.close(); block.unlink()
    with context.Manager() as manager:
        d, l = manager.dict(a=1), manager.list([1]); d["b"] = 2; l.append(3); print(dict(d), list(l))
    with ProcessPoolExecutor(2, mp_context=context) as executor: print(list(executor.map(square, range(4))))

if __name__ == "__main__":
    semaphores()
    print(mp.get_start_method(), mp.get_all_start_methods())
    for method in ("fork", "spawn", "forkserver"): start(method)
