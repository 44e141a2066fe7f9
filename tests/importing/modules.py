# env: PYTHONPATH=
"""import in every form: packages, relative imports, cycles, hooks, reload, namespace packages, errors."""
import importlib, importlib.util, os, sys, types
def write(path, text=""):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True); open(path, "w").write(text)
write("pkg/__init__.py", "print('init', __name__, __package__, __path__ is not None)\nfrom .a import value\n__all__ = ['b', 'value']\ndef __getattr__(name):\n    if name == 'lazy': return 'made lazily'\n    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')\n")
write("pkg/a.py", "from . import b\nfrom .b import other as o\nvalue = 1\n"); write("pkg/b.py", "other = 2\n"); write("pkg/sub/__init__.py"); write("pkg/sub/c.py", "from ..a import value\nfrom ... import x\n"); write("pkg/sub/d.py", "from ..b import other\nfrom . import e\n"); write("pkg/sub/e.py", "import pkg.sub.d as d\n")
write("cyc1.py", "import cyc2\nx = 1\n"); write("cyc2.py", "import cyc1\ntry:\n    cyc1.x\nexcept AttributeError as e:\n    print(e)\ntry:\n    from cyc1 import x\nexcept ImportError as e:\n    print(str(e).split(' (')[0], e.name)\n")
write("broken.py", "x = 1\ny = (\n"); write("raises.py", "z = 1\n1 / 0\n"); write("ns/one/m.py", "v = 'from namespace'\n"); write("again.py", "n = globals().get('n', 0) + 1\n"); write("star.py", "_hidden = 1; shown = 2; also = 3\n"); write("badall.py", "__all__ = ['missing']\n"); write("pkg/__main__.py", "print('main', __name__, __package__)\n")
sys.path.insert(0, os.getcwd()); sys.dont_write_bytecode = True
import pkg, pkg.sub.d as d, pkg.b
from pkg import value as renamed, lazy
from pkg import *
print(pkg.value, renamed, lazy, b.other, d.other, d.e.d is d, pkg.sub.d is d, "pkg.sub" in sys.modules, pkg.__spec__.name, pkg.__spec__.submodule_search_locations == pkg.__path__, pkg.a.__package__, os.path.basename(pkg.a.__file__), type(pkg.__loader__).__name__, pkg.__spec__.origin == pkg.__file__, pkg.b.__spec__.parent)
import cyc1, again
from star import *
print("shown" in dir(), "_hidden" in dir(), importlib.reload(again).n, again.n, importlib.import_module(".b", "pkg") is b, importlib.util.find_spec("nope"), importlib.util.find_spec("pkg.sub.c").name)
import ns.one.m; print(ns.one.m.v, ns.__file__ if hasattr(ns, "__file__") else None, type(ns.__path__).__name__, ns.__spec__.origin)
def attempt(source):
    try: exec(source, {"__name__": "here", "__package__": ""}); print(source, "works")
    except Exception as error: print(f"{source}: {type(error).__name__}: {str(error).split(' (/')[0]}", getattr(error, "name", None), getattr(error, "lineno", None))
for source in ("import nope", "import pkg.nope", "from pkg import nope", "from pkg.b import nope", "import pkg.b.c", "import broken", "import raises", "from . import x", "from badall import *", "import pkg.sub.c", "from nope import x", "import sys.path", "from os import path, nope", "from os.path import join, nope", "from pkg.sub import e as q", "import raises"):
    attempt(source)
print("raises" in sys.modules, "broken" in sys.modules)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("virtual"): return importlib.util.spec_from_loader(name, self, is_package=name == "virtual")
    def create_module(self, spec): return None
    def exec_module(self, module): module.made = module.__name__.upper()
sys.meta_path.insert(0, Finder()); import virtual, virtual.sub as vs; print(virtual.made, vs.made, type(virtual).__name__)
sys.modules["fake"] = types.SimpleNamespace(attr=5); from fake import attr; print(attr); sys.modules["none"] = None; attempt("import none")
m = types.ModuleType("made", "doc"); print(m, m.__doc__, sorted(vars(m))); m.__dict__["q"] = 1; print(m.q, dir(m)[-1]); spec = importlib.util.spec_from_file_location("loaded", "again.py"); mod = importlib.util.module_from_spec(spec); spec.loader.exec_module(mod); print(mod.n, mod.__name__, repr(mod).split(" from ")[0])
import builtins; real = builtins.__import__; builtins.__import__ = lambda name, *a, **k: (print("importing", name), real(name, *a, **k))[1]; import json; builtins.__import__ = real
import runpy; print(runpy.run_module("pkg", run_name="as_main")["__name__"], sorted(k for k in runpy.run_path("star.py") if not k.startswith("__")))
import __future__; print(__future__.annotations.getMandatoryRelease(), sys.modules[__name__].__name__, __spec__, __builtins__ is builtins, importlib.util.resolve_name(".x", "pkg.sub"), sys.builtin_module_names[:1] != (), importlib.machinery.SOURCE_SUFFIXES)
import zipfile
with zipfile.ZipFile("z.zip", "w") as z: z.writestr("inzip.py", "where = __file__.rsplit('/', 1)[1]\n"); z.writestr("zp/__init__.py", "k = 7")
sys.path.insert(0, "z.zip"); import inzip, zp; print(inzip.where, zp.k, type(inzip.__loader__).__name__)
