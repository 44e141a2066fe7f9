# exit: 3
"""sys.excepthook, sys.unraisablehook, threading.excepthook, atexit order and the exit status."""
import atexit, sys, threading
def hook(kind, value, tb): print("excepthook", kind.__name__, value, tb is not None, file=sys.stderr)
def unraisable(info): print("unraisable", info.exc_type.__name__, info.exc_value, info.err_msg.split(" <")[0])
sys.unraisablehook = unraisable
class Bad:
    def __del__(self): raise ValueError("in del")
Bad()
print("still running")
threading.excepthook = lambda args: print("thread", args.exc_type.__name__, args.exc_value, args.thread.name)
t = threading.Thread(target=lambda: 1 / 0, name="worker"); t.start(); t.join()
atexit.register(print, "exit one")
@atexit.register
def second(): print("exit two"); sys.stdout.flush()
sys.excepthook = hook
def at_exit_bad(): raise KeyError("at exit")
try:
    sys.exit(2)
except SystemExit as error:
    print("caught exit", error.code)
sys.__excepthook__(ValueError, ValueError("printed by hand"), None)
sys.stderr.flush()
raise SystemExit(3)
