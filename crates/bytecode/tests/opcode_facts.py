"""Prints what CPython 3.14 knows of its opcodes; the output is kept in opcode_facts.txt.

One line for each opcode: number, name, flags, caches, base of a specialised form (or -), and the stack effects for
the operands 0 to 5, without and with a jump (or - where there are none).
"""

import _opcode
import _opcode_metadata
import opcode

TESTS = {
    "arg": _opcode.has_arg,
    "const": _opcode.has_const,
    "name": _opcode.has_name,
    "jump": _opcode.has_jump,
    "free": _opcode.has_free,
    "local": _opcode.has_local,
    "exc": _opcode.has_exc,
}
BASES = {special: base for base, specials in _opcode_metadata._specializations.items() for special in specials}


def effects(number, jump):
    try:
        return ",".join(str(_opcode.stack_effect(number, oparg, jump=jump)) for oparg in range(6))
    except ValueError:
        return "-"


opcodes = {**_opcode_metadata.opmap, **_opcode_metadata._specialized_opmap}
for name, number in sorted(opcodes.items(), key=lambda item: item[1]):
    flags = "+".join(flag for flag, test in TESTS.items() if test(number)) or "-"
    base = BASES.get(name, "-")
    caches = opcode._inline_cache_entries.get(name if base == "-" else base, 0)
    print(number, name, flags, caches, base, effects(number, False), effects(number, True))
