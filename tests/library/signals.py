"""signal: handlers, alarms, interruption of waiting, KeyboardInterrupt."""
import os, signal, time, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started this with SIGINT ignored
log = []
def handler(number, frame): log.append((signal.Signals(number).name, frame is not None))
old = signal.signal(signal.SIGUSR1, handler); print(old == signal.SIG_DFL, signal.getsignal(signal.SIGUSR1) is handler)
os.kill(os.getpid(), signal.SIGUSR1); print(log); log.clear()
signal.raise_signal(signal.SIGUSR1); print(log)
signal.signal(signal.SIGALRM, lambda *a: log.append("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.02)
start = time.monotonic(); time.sleep(0.06); print(log[-1], time.monotonic() - start >= 0.055)
class Stop(Exception): pass
def stop(*a): raise Stop("from handler")
signal.signal(signal.SIGALRM, stop); signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    time.sleep(5)
except Stop as error: print("stopped sleep:", error)
signal.setitimer(signal.ITIMER_REAL, 0.02)
try:
    while True: pass
except Stop as error: print("stopped loop:", error)
signal.setitimer(signal.ITIMER_REAL, 0.02); r, w = os.pipe()
try: os.read(r, 1)
except Stop: print("stopped read")
signal.signal(signal.SIGALRM, handler); signal.setitimer(signal.ITIMER_REAL, 0.02)
late = threading.Timer(0.06, os.write, (w, b"x")); late.start(); print(os.read(r, 1), log[-1]); late.join()
try: os.kill(os.getpid(), signal.SIGINT); time.sleep(1)
except KeyboardInterrupt as error: print("interrupted", repr(error), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
signal.signal(signal.SIGUSR1, signal.SIG_IGN); os.kill(os.getpid(), signal.SIGUSR1); print("ignored", signal.getsignal(signal.SIGUSR1))
print(signal.SIGTERM, repr(signal.SIGTERM), signal.strsignal(15), signal.Signals(2).name, signal.SIGINT in signal.valid_signals(), signal.alarm(0), signal.getitimer(signal.ITIMER_REAL))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]); signal.signal(signal.SIGUSR2, handler); os.kill(os.getpid(), signal.SIGUSR2); n = len(log); print(signal.sigpending(), len(log) == n); signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2]); print(log[-1])
def attempt(label, action):
    try: print(label, action())
    except Exception as error: print(f"{label}: {type(error).__name__}: {error}")
attempt("kill", lambda: signal.signal(signal.SIGKILL, handler)); attempt("number", lambda: signal.signal(9999, handler)); attempt("handler", lambda: signal.signal(signal.SIGUSR1, 5)); attempt("none", lambda: signal.getsignal(0))
t = threading.Thread(target=lambda: attempt("thread", lambda: signal.signal(signal.SIGUSR1, handler))); t.start(); t.join()
