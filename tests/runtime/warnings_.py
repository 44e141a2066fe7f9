# args: -W default {file}
"""warnings: filters, categories, once, error, catch_warnings, stack level, the text on stderr."""
import sys, warnings
def warn(text, kind=UserWarning, level=1): warnings.warn(text, kind, stacklevel=level)
warn("plain"); warn("deprecated", DeprecationWarning); warn("caller", level=2)
for i in range(3): warnings.warn("in a loop"); warnings.warn(f"different {i}", SyntaxWarning) if i < 2 else None
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always"); warn("caught"); warn("caught"); warn("also", FutureWarning)
print([(str(w.message), w.category.__name__, w.lineno) for w in caught], caught[0].filename == __file__)
with warnings.catch_warnings():
    warnings.simplefilter("error", DeprecationWarning); warnings.filterwarnings("ignore", message="quiet.*"); warn("quiet please")
    try: warn("as error", DeprecationWarning)
    except DeprecationWarning as error: print(repr(error))
with warnings.catch_warnings():
    warnings.simplefilter("once"); warn("only once"); warn("only once"); warnings.resetwarnings(); print(warnings.filters)
class Mine(UserWarning):
    def __init__(self, code): super().__init__(f"code {code}"); self.code = code
warnings.warn(Mine(7)); warnings.warn_explicit("explicit", ImportWarning, "some_file.py", 42); warnings.showwarning("shown", UserWarning, "f.py", 3, sys.stdout)
print(warnings.formatwarning("m", UserWarning, "f.py", 3, "source line"), issubclass(ResourceWarning, Warning), issubclass(BytesWarning, Warning))
@warnings.deprecated("use other")
def old(): return 1
print(old(), old.__deprecated__)
@warnings.deprecated("no more", category=FutureWarning)
class Old: pass
Old()
exec(compile("x = '\\d'; y = 1 is 1; assert (1, 'x')\ndef f():\n try: pass\n finally: return 1", "<src>", "exec"))
open(__file__)
def attempt(source):
    try: print(source, eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("warnings.warn()", "warnings.warn(5)", "warnings.warn('x', int)", "warnings.warn('x', 5)", "warnings.simplefilter('nope')", "warnings.filterwarnings('error', message=5)", "warnings.warn('x', stacklevel='a')", "warnings.simplefilter('error', 5)", "warnings.simplefilter('error', lineno=-1)", "~True", "int('1').real.bit_count().real and NotImplemented.__class__"):
    attempt(source)
