"""The standard library's modules are files to the programs that look at them."""
import importlib.machinery, importlib.util, inspect, json, json.decoder, linecache, os, pkgutil, sys, sysconfig
library = os.path.dirname(os.__file__)
print(library == sysconfig.get_path("stdlib") == sys._stdlib_dir, library in sys.path, os.path.isabs(library), os.path.isdir(library))
for module in (json, json.decoder):
    spec = module.__spec__
    print(spec.name, type(spec.loader).__name__, spec.has_location, spec.origin == module.__file__, os.path.relpath(spec.origin, library))
    print(os.path.relpath(module.__cached__, library), os.path.isfile(module.__file__), os.stat(module.__file__).st_size > 1000)
print(os.__spec__.loader.__name__, os.__spec__.origin, os.__spec__.loader_state.filename == os.__file__, os.walk.__code__.co_filename)
print(json.loads.__code__.co_filename == json.__file__, inspect.getsource(json.decoder.py_scanstring)[:16], inspect.getsourcefile(json) == json.__file__)
print(linecache.getline(json.__file__, 1)[:4], inspect.getsource(os.fspath) is not None if hasattr(os.fspath, "__code__") else "native")
print(json.__loader__.get_source("json") == open(json.__file__, encoding="utf-8").read(), json.__loader__.is_package("json"), json.decoder.__loader__.is_package("json.decoder"))
print(json.__loader__.get_code("json").co_name, json.__loader__.get_data(json.__file__)[:4], pkgutil.get_data("json", "decoder.py")[:3])
print([name for _, name, _ in pkgutil.iter_modules(json.__path__)], sorted(n for n in os.listdir(json.__path__[0]) if n.endswith(".py")))
print(sorted(e.name for e in os.scandir(json.__path__[0]) if e.is_file() and e.name.endswith(".py")) == sorted(n for n in os.listdir(json.__path__[0]) if n.endswith(".py")))
print(importlib.util.find_spec("json.tool").origin == os.path.join(json.__path__[0], "tool.py"), importlib.util.find_spec("no_such_module"))
print(importlib.machinery.PathFinder.find_spec("os").origin == os.__file__, type(importlib.machinery.PathFinder.find_spec("os").loader).__name__)
for path in ("json/nothing.py", "nothing/x.py", "json/decoder.py/x"):
    try: open(os.path.join(library, path))
    except OSError as error: print(type(error).__name__, error.errno)
print(os.access(json.__file__, os.R_OK), os.path.exists(os.path.join(library, "json", "..", "os.py")), os.path.isfile(os.path.join(library, ".", "abc.py")))
with open(json.__file__, "rb") as file: print(file.read(3), file.seek(0), file.fileno() > 2, len(file.read()) == os.path.getsize(json.__file__))
try: json.loads("{")
except ValueError as error:
    entry = error.__traceback__.tb_next
    print(entry.tb_frame.f_code.co_filename == json.__file__, linecache.getline(entry.tb_frame.f_code.co_filename, entry.tb_lineno).strip())
