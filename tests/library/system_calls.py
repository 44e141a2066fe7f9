"""What the smaller system modules say: mmap, fcntl, termios, pwd, grp, syslog, _locale, faulthandler, signals that are blocked, timers."""
import faulthandler, fcntl, grp, locale, mmap, os, pwd, signal, syslog, tempfile, termios, threading
def attempt(f, *args, **kwargs):
    try: return f(*args, **kwargs)
    except (OSError, ValueError, TypeError, OverflowError, IndexError, KeyError, RuntimeError, BufferError, termios.error) as e: return f"{type(e).__name__}: {e}"
with tempfile.TemporaryFile() as f:
    f.write(b"hello world\nline2\n"); f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        print(m, len(m), m.read(5), m.readline(), m.tell(), m.find(b"world", 0), m.rfind(b"l"), m[1:4], m[::5], m[-1], list(m)[:2], b"h" in m)
        m[0] = 72; m[1:3] = b"EL"; m.move(0, 6, 5); print(m[:], m.seek(0), m.write(b"ab"), attempt(m.write, b"x" * 99), attempt(m.seek, -1), attempt(m.seek, 0, 9), m.flush())
        print(attempt(m.__setitem__, 0, 300), attempt(m.__setitem__, slice(0, 2), b"abc"), attempt(m.__getitem__, 99), attempt(m.__getitem__, "x"), attempt(m.move, 0, 99, 1), sep="\n")
        v = memoryview(m); print(v.nbytes, v.readonly, attempt(m.close), attempt(m.resize, 5)); v.release(); print(m.resize(5), len(m), m.size())
    print(m, attempt(m.read)); r = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ); print(attempt(r.write, b"x"), attempt(r.resize, 2), memoryview(r).readonly)
print(attempt(mmap.mmap, -1, -5), attempt(mmap.mmap, -1, 5, access=9), attempt(mmap.mmap, 999, 5), sep="\n")
r, w = os.pipe()
print(fcntl.fcntl(r, fcntl.F_GETFD), fcntl.ioctl(r, termios.FIONREAD, b"\0\0\0\0"), attempt(fcntl.fcntl, r, 1, b"x" * 2000), attempt(fcntl.fcntl, r, 1, 1.5), attempt(fcntl.lockf, r, 64), attempt(fcntl.fcntl, "x", 1), sep="\n")
master, slave = os.openpty(); settings = termios.tcgetattr(slave)
print(len(settings), settings[4:6], settings[6][:4], termios.tcsetwinsize(slave, (3, 4)), termios.tcgetwinsize(slave), attempt(termios.tcgetattr, r), attempt(termios.tcsetattr, slave, 0, [1]), attempt(termios.tcsetwinsize, slave, (1,)))
settings[3] &= ~termios.ICANON; termios.tcsetattr(slave, termios.TCSANOW, settings); print(termios.tcgetattr(slave)[6][5:7])
print(pwd.getpwuid(0)[:4], grp.getgrgid(0)[:3], attempt(pwd.getpwnam, "no such user"), attempt(grp.getgrgid, 2**70), attempt(pwd.getpwuid, "x"), attempt(grp.getgrnam, 1), sep="\n")
print(syslog.LOG_UPTO(3), syslog.LOG_MASK(3), attempt(syslog.syslog), locale.setlocale(locale.LC_NUMERIC), locale.localeconv()["decimal_point"], attempt(locale.nl_langinfo, 99999999), locale.strcoll("a", "b"), locale.strxfrm("abc"))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1]); signal.raise_signal(signal.SIGUSR1)
print(signal.sigpending(), signal.sigwait([signal.SIGUSR1]), signal.sigtimedwait([signal.SIGUSR1], 0), attempt(signal.pthread_sigmask, 0, [99]), attempt(signal.set_wakeup_fd, w), attempt(signal.setitimer, 99, 1))
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
seen = []; signal.signal(signal.SIGUSR1, lambda n, f: seen.append(n)); signal.pthread_kill(threading.get_ident(), signal.SIGUSR1); signal.setitimer(signal.ITIMER_REAL, 0); print(seen, signal.getitimer(signal.ITIMER_REAL))
t = os.timerfd_create(0); print(os.timerfd_settime(t, initial=5, interval=2.5), os.timerfd_gettime_ns(t)[1], attempt(os.timerfd_settime, t, initial=-1), attempt(os.splice, r, w, -1)); os.close(t)
with tempfile.TemporaryFile("w+") as f:
    def show(): faulthandler.dump_traceback(f, all_threads=False)
    show(); f.seek(0); print(f.read().replace(__file__, "FILE"), faulthandler.is_enabled(), attempt(faulthandler.register, 11), attempt(faulthandler.dump_traceback_later, 0), attempt(faulthandler.dump_traceback, -1))
