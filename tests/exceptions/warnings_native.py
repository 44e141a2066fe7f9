"""The _warnings module: what it shows, registers and refuses."""

import _warnings
import sys
import warnings


def show(action):
    try:
        print(action())
    except BaseException as e:
        print(type(e).__name__, e)


sys.stderr = sys.stdout
warn, explicit = _warnings.warn, _warnings.warn_explicit
show(lambda: warn("x", 3))
show(lambda: warn("x", int))
show(lambda: warn("x", skip_file_prefixes=3))
show(lambda: warn())
show(lambda: warn("x", stacklevel="x"))
show(lambda: warn("x", foo=1))
show(lambda: explicit())
show(lambda: explicit("x", UserWarning, 3, 3))
show(lambda: explicit("x", UserWarning, "f", 3, registry=5))
show(lambda: explicit("x", UserWarning, "f", 3, module_globals=5))
show(lambda: explicit("x", UserWarning, "f", 3, None))
show(lambda: explicit("x", 3, "f", 3))
show(_warnings._filters_mutated_lock_held)
show(_warnings._release_lock)

registry = {}
for i in range(3):
    explicit("again", UserWarning, "file.py", 3, registry=registry)
print(sorted(map(str, registry)))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warn("one")
    warn(DeprecationWarning("two"))
    warnings.warn("three", RuntimeWarning, 2)
    print([(str(w.message), w.category.__name__, w.lineno) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    show(lambda: warn("raised"))
with warnings.catch_warnings():
    warnings.simplefilter("once")
    for i in range(3):
        explicit("once", UserWarning, "f.py", i)
with warnings.catch_warnings():
    warnings.simplefilter("module")
    for i in range(3):
        explicit("module", UserWarning, "f.py", i, registry=registry)
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "x.*y")
    explicit("x and y", UserWarning, "f.py", 1)
    explicit("y and x", UserWarning, "f.py", 1)


class Loader:
    def get_source(self, name):
        return "a\n  b\n   c d"


explicit("line", UserWarning, "f", 3, module_globals={"__name__": "zz", "__loader__": Loader()})
for filters in [("default",)], [(3, None, Warning, None, 0)], [("zz", None, Warning, None, 0)], 5:
    warnings.filters = filters
    show(lambda: explicit("y", UserWarning, "f", 3))
warnings.filters = []
warnings.defaultaction = 5
show(lambda: explicit("y", UserWarning, "f", 3))
warnings.defaultaction, warnings.onceregistry = "once", 5
show(lambda: explicit("y", UserWarning, "f", 3))
warnings.defaultaction = "default"
warnings._showwarnmsg = 5
show(lambda: explicit("y", UserWarning, "f", 3))
