"""What is timed: pyperformance's own scripts, our micro programs, start-up and memory."""

import os
import pathlib
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
VERSION = "1.14.0"

PYPERFORMANCE = """
argparse async_generators async_tree base64 bpe_tokeniser chaos comprehensions coroutines deepcopy deltablue fannkuch float
gc_collect gc_traversal generators go hexiom json_dumps json_loads logging mdp meteor_contest nbody nqueens pathlib pickle
pidigits pprint pyflate raytrace regex_compile regex_dna regex_effbot regex_v8 richards richards_super scimark spectral_norm
telco tomli_loads typing_runtime_protocols unpack_sequence xml_etree
""".split()

# Scripts that need a package from elsewhere.
LEFT_OUT = {"tomli_loads"}


class Unavailable(Exception):
    """A suite cannot be had on this machine."""


@dataclass
class Case:
    """One program to time."""

    name: str
    kind: str
    args: list = field(default_factory=list)
    script: str = ""
    path: list = field(default_factory=list)


def pyperformance(cache):
    """The scripts of the pyperformance package, fetched with pip the first time."""
    folder = cache / f"pyperformance-{VERSION}"
    if not folder.exists():
        fetch(cache, folder)
    cases = []
    for name in PYPERFORMANCE:
        home = folder / "pyperformance/data-files/benchmarks" / f"bm_{name}"
        if not (home / "run_benchmark.py").exists():
            continue
        for config in sorted(home.glob("*.toml")):
            tool = tomllib.loads(config.read_text()).get("tool", {}).get("pyperformance", {})
            variant = tool.get("name", name)
            if variant not in LEFT_OUT:
                cases.append(Case(variant, "script", tool.get("extra_opts", []), str(home / "run_benchmark.py"), [str(home)]))
    return cases


def fetch(cache, folder):
    cache.mkdir(parents=True, exist_ok=True)
    wanted = [f"pyperformance=={VERSION}", "--no-deps", "--only-binary=:all:", "--quiet", "--dest", str(cache)]
    # The variables of the Python that runs this would mislead another one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    reasons = []
    for python in filter(None, (sys.executable, "python3")):
        pip = [python, "-m", "pip", "download", *wanted]
        try:
            done = subprocess.run(pip, capture_output=True, text=True, timeout=300, env=env)
        except (OSError, subprocess.TimeoutExpired) as error:
            reasons.append(str(error))
            continue
        if done.returncode == 0:
            break
        reasons.append((done.stderr.strip().splitlines() or ["pip failed"])[-1])
    else:
        raise Unavailable("; ".join(reasons))
    [wheel] = cache.glob(f"pyperformance-{VERSION}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if "/benchmarks/" in name]
        archive.extractall(cache / "unpacking", members)
    (cache / "unpacking").rename(folder)


def micro(cache):
    """Our programs of one primitive operation each; a file is one process."""
    files = sorted((HERE / "micro").glob("*.py"))
    return [Case(file.stem, "script", [str(file)], str(HERE / "standin/micro_worker.py")) for file in files]


def startup(cache):
    """Start-up and imports, as whole processes."""
    commands = {"-c pass": "pass", "import re": "import re", "import json": "import json", "import typing": "import typing",
                "import asyncio": "import asyncio", "import dataclasses": "import dataclasses", "import argparse": "import argparse",
                "import unittest": "import unittest", "hello": "print('hello')"}
    cases = [Case(name, "startup", ["-c", code]) for name, code in commands.items()]
    return cases + [Case("-S -c pass", "startup", ["-S", "-c", "pass"]), Case("-I -c pass", "startup", ["-I", "-c", "pass"])]


def memory(cache):
    """Peak memory with a million of something alive."""
    count = 10**6
    programs = {
        "nothing": "pass",
        "ints": f"x = list(range(10**6, 10**6 + {count}))",
        "floats": f"x = [i * 0.5 for i in range({count})]",
        "strs": f"x = [str(i) for i in range({count})]",
        "tuples": f"x = [(i, i) for i in range({count})]",
        "lists": f"x = [[i] for i in range({count})]",
        "dicts": f"x = [{{'a': i}} for i in range({count})]",
        "one dict": f"x = {{i: i for i in range({count})}}",
        "one set": f"x = set(range({count}))",
        "instances": f"class C:\n def __init__(self, a, b): self.a = a; self.b = b\nx = [C(i, i) for i in range({count})]",
        "slotted instances": f"class C:\n __slots__ = 'a', 'b'\n def __init__(self, a, b): self.a = a; self.b = b\nx = [C(i, i) for i in range({count})]",
        "functions": f"x = [lambda: i for i in range({count})]",
        "generators": f"def g(): yield\nx = [g() for i in range({count // 10})]\nfor i in x: next(i)",
    }
    return [Case(name, "memory", ["-c", code]) for name, code in programs.items()]


ALL = {"pyperformance": pyperformance, "micro": micro, "startup": startup, "memory": memory}
