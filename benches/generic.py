"""Runs a program and prints which of its instructions stayed generic: `pyroxene benches/generic.py PROGRAM [ARGUMENT ...]`.

A place counts when its function ran often enough that something in it was specialised. For each instruction that has
specialised forms the table says how many such places took one and how many did not, and where the first of those are;
`dis.dis(function, adaptive=True)` shows the rest. What stays generic is a place that was never reached, one that meets
too many types, or an operation that no form covers.
"""

import gc
import opcode
import runpy
import sys
import types
from _opcode_metadata import _specializations

EXAMPLES = 3

# Their only form is as fast as CPython's special ones.
WITHOUT_FORMS = {"JUMP_BACKWARD", "LOAD_CONST", "RESUME"}


def codes():
    """All code objects that can be reached, nested ones included."""
    seen = {}
    todo = [found.__code__ for found in gc.get_objects() if isinstance(found, types.FunctionType)]
    while todo:
        code = todo.pop()
        if id(code) not in seen:
            seen[id(code)] = code
            todo += [const for const in code.co_consts if isinstance(const, types.CodeType)]
    return seen.values()


def places(code):
    """(name, specialised, line) of each instruction with specialised forms, if anything in the code is specialised."""
    base, now = code.co_code, code._co_code_adaptive
    if base == now:
        return
    lines = iter(code.co_lines())
    _, end, line = next(lines)
    for at in range(0, len(base), 2):
        while at >= end:
            _, end, line = next(lines)
        name = opcode.opname[base[at]]
        if name in _specializations and name not in WITHOUT_FORMS:
            yield name, base[at] != now[at], line


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    del sys.argv[0]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit:
        pass
    counts, examples = {}, {}
    for code in codes():
        for name, specialised, line in places(code):
            counts.setdefault(name, [0, 0])[not specialised] += 1
            if not specialised:
                examples.setdefault(name, []).append(f"{code.co_filename.rpartition('/')[2]}:{line} {code.co_qualname}")
    print(f"{'instruction':24}{'specialised':>12}{'generic':>9}  first generic places")
    for name, (specialised, generic) in sorted(counts.items(), key=lambda item: -item[1][1]):
        print(f"{name:24}{specialised:12}{generic:9}  {', '.join(examples.get(name, [])[:EXAMPLES])}")


if __name__ == "__main__":
    main()
