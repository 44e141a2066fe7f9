"""Runs a program, or each test of a module, several times, and notes what is left over more each time.

usage: runner.py RESULTS program FILE
       runner.py RESULTS tests MODULE ONLY

RESULTS gets a line for each: ok NAME, skip NAME REASON, or leak NAME and how many memory blocks (and references, in builds that
count them) every round left. ONLY is a file of test ids, one a line. As in CPython's `regrtest -R 3:3`, the first rounds fill caches and do not
count, and one round that leaves nothing clears a program.
"""

import copyreg
import gc
import io
import os
import sys
import time
import types
import unittest

WARM_UP = 3
ROUNDS = 3
# Programs and tests that take longer than this many seconds a round are left out.
SLOW = 3.0

count_references = getattr(getattr(sys, "pyroxene", None), "total_references", None)

reducers = dict(copyreg.dispatch_table)


def clean_up():
    """Empties the caches that grow by design, and collects what is garbage."""
    sys._clear_internal_caches()
    for name, clear in CACHES:
        module = sys.modules.get(name)
        if module is not None:
            clear(module)
    copyreg.dispatch_table.clear()
    copyreg.dispatch_table.update(reducers)
    for folder in list(sys.path_importer_cache):
        if not os.path.exists(folder):
            del sys.path_importer_cache[folder]
    for _ in range(3):
        gc.collect()


def clear_typing(typing):
    for cleanup in typing._cleanups:
        cleanup()


def clear_abstract(abc):
    for cls in object.__subclasses__():
        stack = [cls]
        while stack:
            cls = stack.pop()
            if isinstance(cls, abc.ABCMeta):
                abc._reset_caches(cls)
            stack.extend(type.__subclasses__(cls))


CACHES = [
    ("re", lambda m: m.purge()),
    ("struct", lambda m: m._clearcache()),
    ("linecache", lambda m: m.clearcache()),
    ("typing", clear_typing),
    ("abc", clear_abstract),
    ("_strptime", lambda m: m._regex_cache.clear()),
    ("fnmatch", lambda m: (m._compile_pattern.cache_clear())),
    ("inspect", lambda m: m._shadowed_dict_from_weakref_mro_tuple.cache_clear()),
]


def measure(name, body, note):
    """Calls the body often and says whether every counted round left something."""
    blocks, references = [0] * ROUNDS, [0] * ROUNDS
    for number in range(WARM_UP + ROUNDS):
        at_first = sys.getallocatedblocks()
        references_at_first = count_references() if count_references else 0
        start = time.monotonic()
        reason = body()
        if reason:
            return note(f"skip {name} {reason}")
        if number == 0 and time.monotonic() - start > SLOW:
            return note(f"skip {name} slow")
        clean_up()
        if number >= WARM_UP:
            blocks[number - WARM_UP] = sys.getallocatedblocks() - at_first
            if count_references:
                references[number - WARM_UP] = count_references() - references_at_first
    if min(blocks) > 0 or min(references) > 0:
        note(f"leak {name} blocks {blocks} references {references}")
    else:
        note(f"ok {name}")


def run_program(path, note):
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    folder = os.path.dirname(path)
    sys.argv[:] = [path]
    sys.path[0] = folder
    own = dict(
        (name, getattr(sys, name))
        for name in "stdout stderr excepthook unraisablehook displayhook breakpointhook".split()
    )

    folders = sys.path[:]

    def body():
        sys.stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
        main = sys.modules["__main__"]
        module = types.ModuleType("__main__")
        module.__file__ = path
        sys.modules["__main__"] = module
        try:
            exec(code, module.__dict__)
        except SystemExit:
            pass
        except Exception as error:
            # The program ends this way on purpose, or needs a process of its own.
            error.__traceback__ = None
        finally:
            sys.modules["__main__"] = main
            module.__dict__.clear()
            vars(sys).update(own)
            sys.path[:] = folders

    measure(os.path.basename(path), body, note)


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


def run_tests(module, only, note):
    with open(only, encoding="utf-8") as file:
        wanted = set(file.read().splitlines())
    from test import support

    support.use_resources = []
    __import__(f"test.{module}")
    suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
    for test in list(flatten(suite)):
        name = "_".join(test.id().split())
        if name not in wanted:
            continue
        if type(test).__module__ == "doctest":
            note(f"skip {name} doctest")
            continue

        def body():
            result = unittest.TestResult()
            unittest.TestSuite([type(test)(test._testMethodName)]).run(result)
            if result.skipped:
                return "skipped"
            if not result.wasSuccessful():
                return "fails when run again"

        measure(name, body, note)


def main():
    # The streams may be replaced, and descriptors closed.
    results = os.dup(os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT))
    kind, *rest = sys.argv[2:]
    # What is left running must not keep pipes open.
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(null, stream)

    def note(line):
        os.write(results, f"{line}\n".encode("utf-8", "surrogateescape"))

    if kind == "program":
        run_program(rest[0], note)
    else:
        run_tests(rest[0], rest[1], note)
    note("done")
    os._exit(0)


main()
