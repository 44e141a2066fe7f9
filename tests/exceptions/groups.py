"""Exception groups and except*."""
def leaves(): return ExceptionGroup("outer", [ValueError(1), TypeError("t"), ExceptionGroup("inner", [ValueError(2), KeyError("k")])])
eg = leaves()
print(repr(eg), str(eg), eg.message, len(eg.exceptions), isinstance(eg, Exception))
print(eg.subgroup(ValueError), eg.split((TypeError, KeyError)), eg.subgroup(lambda e: e.args == (2,)), eg.subgroup(OSError), eg.derive([OSError()]))
try: raise leaves()
except* ValueError as group: print("values", group.exceptions)
except* (TypeError, KeyError) as group: print("others", repr(group))
else: print("not here")
finally: print("finally")
try:
    try: raise leaves()
    except* ValueError: pass
except ExceptionGroup as rest: print("rest", repr(rest))
try: raise ValueError("naked")
except* ValueError as group: print(type(group).__name__, group.exceptions, group.message == "")
try:
    try: raise leaves()
    except* ValueError: raise OSError("new")
    except* TypeError: raise
except ExceptionGroup as result: print(repr(result), [type(e).__name__ for e in result.exceptions])
try: pass
except* ValueError: print("never")
else: print("else")
class MyGroup(ExceptionGroup):
    def __new__(cls, message, errors, code): self = super().__new__(cls, message, errors); self.code = code; return self
    def derive(self, errors): return MyGroup(self.message, errors, self.code)
match, rest = MyGroup("mine", [ValueError(), KeyError()], 7).split(ValueError); print(type(match).__name__, match.code, rest.code)
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__)
def attempt(source):
    try: exec(source)
    except BaseException as error: print(f"{source!r}: {type(error).__name__}: {error}")
for source in ("ExceptionGroup('m', [])", "ExceptionGroup('m', [1])", "ExceptionGroup('m', [KeyboardInterrupt()])", "ExceptionGroup(1, [ValueError()])", "ExceptionGroup('m', 5)", "ExceptionGroup('m')", "try: 1/0\nexcept* ExceptionGroup: pass", "try: 1/0\nexcept* 5: pass", "try: pass\nexcept* ValueError: pass\nexcept KeyError: pass", "try: pass\nexcept*: pass", "def f():\n try: pass\n except* ValueError: return 1", "for i in []:\n try: pass\n except* ValueError: break"):
    attempt(source)
try:
    try: raise ExceptionGroup("a", [ValueError("x")])
    except* ValueError as g: raise KeyError("during") from g
except BaseException as error: print(repr(error), repr(error.__cause__) , [repr(e.__cause__) for e in getattr(error, "exceptions", [])])
eg.add_note("n"); print(eg.split(ValueError)[0].__notes__)
def many(n): return ExceptionGroup("many", [ValueError(i) for i in range(n)])
print(many(3).subgroup(lambda e: isinstance(e, ValueError) and e.args[0] % 2 == 0))
