"""Compiles snippets with CPython and with us and compares errors, warnings, symbol tables and code.

    python3.14 snippets_with_cpython.py SNIPPETS [--show N] FILE...

SNIPPETS is the built example `snippets` of this crate. From each FILE come all string literals and doctest examples that
CPython can at least tokenize, and the file itself. Snippets that a parser refuses are left out: they test another crate.
"""

import _symtable
import ast
import collections
import doctest
import subprocess
import sys
import textwrap
import types
import warnings


def show_table(entry, lines, depth=0):
    symbols = sorted(f"{name}:{flags:x}" for name, flags in entry.symbols.items())
    names = "[" + ", ".join(f'"{name}"' for name in entry.varnames) + "]"
    lines.append(f"{' ' * depth}{entry.type} {entry.name} {entry.nested} {entry.lineno} {names} {' '.join(symbols)}".rstrip())
    for child in entry.children:
        show_table(child, lines, depth + 1)


def show_code(code, lines):
    tables = " ".join(table.hex() for table in (code.co_code, code.co_linetable, code.co_exceptiontable))
    name = code.co_qualname.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    lines.append(f"code {name} {code.co_flags:x} {code.co_stacksize} {len(code.co_consts)} {tables}".rstrip())
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            show_code(value, lines)


def expected(source, mode):
    lines = []
    flags = 0
    if mode == "await":
        mode, flags = "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        # As text, so that no encoding that it declares counts.
        source = source.decode()
    except UnicodeDecodeError:
        pass
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            tree = compile(source, "f", mode, ast.PyCF_ONLY_AST | flags, dont_inherit=True)
        except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
            return None
        del caught[:]
        try:
            code = compile(tree, "f", mode, flags, dont_inherit=True)
        except SyntaxError as error:
            place = f"{error.lineno} {error.offset} {error.end_lineno} {error.end_offset}"
            lines.append(f"Syntax {error.msg} {place}")
        except UnicodeEncodeError as error:
            lines.append(f"UnicodeEncode {error.reason} 0 1 0 1")
        except (ValueError, RecursionError, MemoryError, SystemError) as error:
            return None
        else:
            found = caught[:]
            if not flags:
                show_table(_symtable.symtable(source, "f", mode), lines)
            show_code(code, lines)
            caught[:] = found
    return lines + [f"warning {w.message} {w.lineno}" for w in caught]


def snippets(path):
    with open(path, "rb") as file:
        text = file.read()
    yield text, "exec"
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.strip():
            value = node.value
            for source in {value, textwrap.dedent(value)}:
                yield from ((source.encode("utf-8", "surrogatepass"), mode) for mode in ("exec", "single", "eval", "await"))
            if ">>>" in value:
                try:
                    examples = doctest.DocTestParser().get_examples(value)
                except ValueError:
                    continue
                yield from ((example.source.encode("utf-8", "surrogatepass"), "exec") for example in examples)


def main():
    program, *arguments = sys.argv[1:]
    show = 10
    if arguments[0] == "--show":
        show = int(arguments[1])
        arguments = arguments[2:]
    cases = []
    for path in arguments:
        for source, mode in dict.fromkeys(snippets(path)):
            lines = expected(source, mode)
            if lines is not None:
                cases.append((path, source, mode, lines))
    text = b"".join(b"### %d %s\n%s\n" % (len(source), mode.encode(), source) for _, source, mode, _ in cases)
    done = subprocess.run([program], input=text, capture_output=True)
    if done.returncode:
        print(done.stderr.decode())
    answers = collections.defaultdict(list)
    number = None
    for line in done.stdout.decode("utf-8", "surrogatepass").splitlines():
        if line.startswith("### "):
            number = int(line[4:])
            answers[number] = []
        else:
            answers[number].append(line.rstrip())
    bad = refused = 0
    for number, (path, source, mode, lines) in enumerate(cases):
        answer = answers.get(number, ["nothing"])
        if answer and answer[0].startswith("parser"):
            refused += 1
        elif answer != lines:
            bad += 1
            if bad <= show:
                print(path, mode, source.decode(errors="replace")[:300] if len(source) < 2000 else "...")
                pairs = [(a, b) for a, b in zip(lines + [""] * len(answer), answer + [""] * len(lines)) if a != b]
                for theirs, ours in pairs[:3]:
                    print("   theirs", theirs[:300], "\n   ours  ", ours[:300])
    print(len(cases) - bad - refused, "of", len(cases), "snippets are the same;", refused, "refused by the parser")
    sys.exit(bool(bad))


main()
