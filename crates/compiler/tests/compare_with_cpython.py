"""Compiles files with CPython and with us and reports where the code objects differ.

    python3.14 compare_with_cpython.py CODEDUMP [-O | -OO] [--show N] PATH...

CODEDUMP is the built example `codedump` of this crate; a PATH is a file or a folder. Files that CPython refuses are left out.
"""

import collections
import os
import struct
import subprocess
import sys
import types
import dis
import warnings

FIELDS = (
    "code counts stacksize flags firstlineno names varnames cellvars freevars consts bytecode linetable exceptiontable".split()
)


def show_text(text):
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    simple = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    return "'" + "".join(simple.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}") for byte in data) + "'"


def bits(value):
    return struct.pack(">d", value).hex()


def show_const(value):
    kind = type(value)
    if kind is str:
        return show_text(value)
    if kind is bytes:
        return "b" + show_text(value)
    if kind is float:
        return "float:" + bits(value)
    if kind is complex:
        return f"complex:{bits(value.real)}:{bits(value.imag)}"
    if kind is tuple:
        return "(" + " ".join(map(show_const, value)) + ")"
    if kind is frozenset:
        return "{" + " ".join(sorted(map(show_const, value))) + "}"
    if kind is slice:
        return f"slice({show_const(value.start)} {show_const(value.stop)} {show_const(value.step)})"
    if kind is types.CodeType:
        return f"code:{show_text(value.co_qualname)}:{value.co_firstlineno}"
    return repr(value)


def show_code(code, lines):
    def names(items):
        return " ".join(map(show_text, items))

    values = (
        f"{show_text(code.co_qualname)} {show_text(code.co_name)}",
        f"{code.co_argcount} {code.co_posonlyargcount} {code.co_kwonlyargcount}",
        code.co_stacksize,
        hex(code.co_flags),
        code.co_firstlineno,
        names(code.co_names),
        names(code.co_varnames),
        names(code.co_cellvars),
        names(code.co_freevars),
        " ".join(map(show_const, code.co_consts)),
        code.co_code.hex(),
        code.co_linetable.hex(),
        code.co_exceptiontable.hex(),
    )
    lines += [f"{name} {value}" for name, value in zip(FIELDS, values)]
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            show_code(value, lines)


def blocks(lines):
    """The lines of each code object."""
    size = len(FIELDS)
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def instructions(block):
    data = bytes.fromhex(dict(line.split(" ", 1) for line in block)["bytecode"])
    names = [f"{dis.opname[op]} {arg}" for op, arg in zip(data[::2], data[1::2])]
    return [name for name in names if name != "CACHE 0"]


def report(path, ours, theirs):
    """Prints the first difference; the name of the field that differs."""
    if ours and ours[0].startswith("error"):
        print(path, ours[0][:300], sep="\n  ")
        return "error"
    for our, their in zip(blocks(ours), blocks(theirs)):
        different = [field for field, a, b in zip(FIELDS, our, their) if a != b]
        if not different:
            continue
        print(path, their[0], their[4], "differs in", *different)
        for field, a, b in zip(FIELDS, our, their):
            if a != b and field not in ("bytecode", "linetable"):
                start = max(0, len(os.path.commonprefix([a, b])) - 60)
                print(f"  {field}\n    theirs ...{b[start:start + 200]}\n    ours   ...{a[start:start + 200]}")
        if "bytecode" in different:
            a, b = instructions(our), instructions(their)
            first = next((i for i, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
            print("    theirs", b[max(0, first - 5) : first + 6], "\n    ours  ", a[max(0, first - 5) : first + 6])
        elif "linetable" in different:
            show_positions(our, their)
        return different[-1] if "bytecode" not in different else "bytecode"
    print(path, "has", len(blocks(ours)), "code objects instead of", len(blocks(theirs)))
    return "number"


def show_positions(our, their):
    def positions(block):
        fields = dict(line.split(" ", 1) for line in block)
        code = (lambda: 0).__code__.replace(
            co_code=bytes.fromhex(fields["bytecode"]),
            co_linetable=bytes.fromhex(fields["linetable"]),
            co_firstlineno=int(fields["firstlineno"]),
            co_exceptiontable=b"",
        )
        return list(code.co_positions())

    names = bytes.fromhex(dict(line.split(" ", 1) for line in their)["bytecode"])[::2]
    for index, (a, b) in enumerate(zip(positions(our), positions(their))):
        if a != b:
            print(f"    unit {index} {dis.opname[names[index]]}: theirs {b} ours {a}")
            return


def main():
    arguments = sys.argv[1:]
    program = arguments.pop(0)
    options, paths, show = [], [], 10
    while arguments:
        argument = arguments.pop(0)
        if argument == "--show":
            show = int(arguments.pop(0))
        elif argument.startswith("-"):
            options.append(argument)
        else:
            paths.append(argument)
    optimize = {"-O": 1, "-OO": 2}.get("".join(options), 0)
    files = []
    for path in paths:
        if os.path.isdir(path):
            for folder, _, names in sorted(os.walk(path)):
                files += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
        else:
            files.append(path)
    warnings.simplefilter("ignore")
    sys.set_int_max_str_digits(0)
    expected = {}
    for path in files:
        try:
            with open(path, "rb") as file:
                code = compile(file.read(), path, "exec", dont_inherit=True, optimize=optimize)
        except (OSError, SyntaxError, ValueError):
            continue
        show_code(code, expected.setdefault(path, []))
    # A crash costs the file that caused it, not the rest.
    actual = {}
    pending = list(expected)
    while pending:
        done = subprocess.run([program, *options], input="\n".join(pending) + "\n", capture_output=True, text=True)
        current = None
        for line in done.stdout.splitlines():
            if line.startswith("file "):
                current = actual.setdefault(line[5:], [])
            elif current is not None:
                current.append(line)
        seen = [path for path in pending if path in actual]
        if done.returncode == 0:
            break
        failed = pending[len(seen)] if len(seen) < len(pending) else pending[-1]
        actual[failed] = ["error crash: " + done.stderr[-300:].replace("\n", " ")]
        pending = pending[pending.index(failed) + 1 :]
    kinds = collections.Counter()
    for path, theirs in expected.items():
        ours = actual.get(path, ["error nothing"])
        if ours != theirs:
            if kinds.total() < show:
                kinds[report(path, ours, theirs)] += 1
            else:
                kinds["not shown"] += 1
    print(len(expected) - kinds.total(), "of", len(expected), "files are the same;", dict(kinds))
    sys.exit(bool(kinds))


main()
