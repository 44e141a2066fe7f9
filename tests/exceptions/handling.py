"""try in every form, chaining, context, notes, attributes, re-raising, the value of sys.exception()."""
import sys, traceback
def order(action):
    log = []
    try:
        try:
            log.append("try"); action()
        except (ValueError, KeyError) as error:
            log.append(f"except {error!r}"); assert sys.exception() is error
        except TypeError:
            log.append("type"); raise
        else:
            log.append("else")
        finally:
            log.append("finally")
    except TypeError as error:
        log.append(f"outer {error}")
    log.append(str(sys.exception()))
    return log
def throw(error):
    raise error
print(order(lambda: 1), order(lambda: throw(ValueError("v"))), order(lambda: throw(KeyError("k"))), order(lambda: throw(TypeError("t"))))
def returns():
    for i in range(3):
        try:
            if i == 1: return f"from try {i}"
            continue
        finally:
            print("finally", i)
print(returns())
try:
    try: 1 / 0
    except ZeroDivisionError as first: raise RuntimeError("second") from first
except RuntimeError as error:
    print(repr(error.__cause__), error.__context__ is error.__cause__, error.__suppress_context__)
try:
    try: 1 / 0
    except ZeroDivisionError: {}["missing"]
except KeyError as error:
    print(repr(error.__context__), error.__cause__, error.__suppress_context__)
try:
    try: 1 / 0
    except ZeroDivisionError: raise OSError("no context") from None
except OSError as error:
    print(repr(error.__context__), error.__suppress_context__)
e = ValueError("a", 2); e.add_note("note one"); e.add_note("note two")
print(e.args, str(e), repr(e), e.__notes__, ValueError(), repr(ValueError("x")), str(KeyError("quoted")), Exception("one"), Exception(1, "two"))
class Custom(Exception):
    def __init__(self, code, *args): super().__init__(*args); self.code = code
    def __str__(self): return f"custom {self.code}"
try: raise Custom(5, "more")
except Custom as error: print(error, error.args, repr(error), error.code)
try: error
except NameError as gone: print("unbound:", gone)
def attempt(source):
    try: exec(source, {"Custom": Custom})
    except BaseException as error: print(f"{source!r}: {type(error).__name__}: {error}")
for source in ("raise", "raise 5", "raise int", "raise ValueError from 5", "raise Custom", "try: 1/0\nexcept 5: pass", "try: 1/0\nexcept (int, str): pass", "ValueError().add_note(1)", "raise StopIteration(3)", "ValueError().__traceback__ = 5", "ValueError().__cause__ = 5", "BaseException.__new__(int)", "raise SystemExit(3)", "raise KeyboardInterrupt", "assert 0, 1, 2" if False else "assert 0", "OSError(2, 'No such', 'file').x"):
    attempt(source)
o = OSError(2, "No such thing", "name", None, "other"); print(o, o.errno, o.strerror, o.filename, o.filename2, type(o).__name__, repr(o), o.args)
u = UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "bad byte"); print(u, u.object, u.start, u.reason)
print(UnicodeEncodeError("ascii", "aé", 1, 2, "why"), StopIteration(4).value, SystemExit(3).code, ImportError("m", name="n", path="p").name, AttributeError("x", name="n", obj=1).obj, NameError("x", name="q").name)
s = SyntaxError("msg", ("file", 3, 5, "text here", 3, 9)); print(s, s.filename, s.lineno, s.offset, s.text, s.end_offset)
try: raise ValueError("tb")
except ValueError as error:
    tb = error.__traceback__; print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_next, error.with_traceback(None).__traceback__)
def nested():
    try: raise ValueError(1)
    except ValueError:
        try: raise KeyError(2)
        except KeyError: pass
        print(repr(sys.exception()))
    print(sys.exception(), sys.exc_info())
nested()
def shadow():
    try: return "try"
    finally:
        try: raise ValueError
        except ValueError: pass
print(shadow())
def reraise():
    try: 1 / 0
    except ZeroDivisionError as error:
        error.add_note("seen"); raise
try: reraise()
except ZeroDivisionError as error: print(traceback.format_exception_only(error), len(traceback.extract_tb(error.__traceback__)))
