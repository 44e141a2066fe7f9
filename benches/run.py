"""Times programs under two interpreters in turn, in fresh processes, and prints medians and ratios.

usage: run.py --python A --against B [--suite pyperformance,micro,startup,memory] [--turns N] [--fast] [--json FILE] [NAME ...]

A and B are command lines: a path, or words that a shell would split. Any Python from 3.11 on runs this file. A ratio is
B's time divided by A's: above 1, A is faster. Both take several turns, and the median of the turn that was disturbed least
counts: what else a machine does makes programs slower and never faster.
"""

import argparse
import json
import math
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import suites  # noqa: E402  (the path is set up above)


class Failed(Exception):
    """A program did not give a number; the text says why."""


def environment(extra=()):
    """The environment of a timed process: nothing that steers a Python, and a fixed hash seed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "BENCH_"))}
    env.update(PYTHONHASHSEED="1", NO_COLOR="1", LC_ALL="C.UTF-8")
    env.update(extra)
    return env


def run(command, env, cwd=None, limit=600):
    """Runs one process; its wall time in seconds, its peak memory in bytes and what it printed."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            status, usage = wait(child, limit)
        except TimeoutError:
            raise Failed(f"no answer in {limit} s") from None
        seconds = time.perf_counter() - start
        out.seek(0)
        err.seek(0)
        if status:
            lines = err.read().decode(errors="replace").strip().splitlines()
            raise Failed(lines[-1][:100] if lines else f"status {status}")
        return seconds, usage.ru_maxrss * 1024, out.read().decode(errors="replace")


def wait(child, limit):
    """Waits without polling, which would round short times."""
    late = threading.Event()

    def stop():
        late.set()
        child.kill()

    timer = threading.Timer(limit, stop)
    timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if late.is_set():
        raise TimeoutError
    return child.returncode, usage


def measure_script(python, case, options):
    """A program that reports its own times through the stand-in for pyperf: {name: (first, median)}."""
    with tempfile.TemporaryDirectory() as folder:
        results = os.path.join(folder, "results")
        env = environment({
            "PYTHONPATH": os.pathsep.join([str(HERE / "standin"), *case.path]),
            "BENCH_RESULTS": results,
            "BENCH_VALUES": "3" if options.fast else "7",
            "BENCH_SECONDS": "2" if options.fast else "8",
        })
        run([*python, case.script, *case.args], env, cwd=folder)
        with open(results, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
    if not rows:
        raise Failed("it reported nothing")
    return {row["name"]: (row["first"], row["median"]) for row in rows}


def measure_startup(python, case, options):
    runs = 10
    times = [run([*python, *case.args], environment())[0] for _ in range(runs)]
    return {case.name: (times[0], statistics.median(times))}


def measure_memory(python, case, options):
    peak = run([*python, *case.args], environment())[1]
    return {case.name: (peak, peak)}


KINDS = {"script": measure_script, "startup": measure_startup, "memory": measure_memory}


def attempt(python, case, options):
    try:
        return KINDS[case.kind](python, case, options)
    except (Failed, OSError, ValueError) as error:
        return error


def both(case, options):
    """The numbers of A and B: of each row the first run of the first turn and the least median, or why there are none."""
    turns = [[attempt(python, case, options) for python in (options.python, options.against)]]
    while len(turns) < options.turns and not any(isinstance(answer, Exception) for answer in turns[-1]):
        turns.append([attempt(python, case, options) for python in (options.python, options.against)])
    return [least(answers) for answers in zip(*turns)]


def least(answers):
    """What one interpreter's turns come to; the failure, if one of them failed."""
    for answer in answers:
        if isinstance(answer, Exception):
            return answer
    return {name: (first, min(answer[name][1] for answer in answers if name in answer)) for name, (first, _) in answers[0].items()}


def show(value, memory):
    if memory:
        return f"{value / 2**20:.1f} MB"
    for scale, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if value * scale >= 1:
            return f"{value * scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))


def run_suite(name, cases, options):
    """Runs one suite and prints its table; its rows."""
    rows, ratios = [], []
    print(f"\n{name}\n{'':34}{'A first':>12}{'A':>12}{'B first':>12}{'B':>12}{'B/A':>8}", flush=True)
    for case in cases:
        ours, theirs = both(case, options)
        for side, answer in (("A", ours), ("B", theirs)):
            if isinstance(answer, Exception):
                print(f"{case.name:34} {side} failed: {answer}", flush=True)
                rows.append({"suite": name, "name": case.name, "failed": side, "why": str(answer)})
        if isinstance(ours, Exception) or isinstance(theirs, Exception):
            continue
        for key in [key for key in ours if key in theirs]:
            ratio = theirs[key][1] / ours[key][1]
            ratios.append(ratio)
            memory = case.kind == "memory"
            cells = "".join(f"{show(value, memory):>12}" for value in (*ours[key], *theirs[key]))
            print(f"{key:34}{cells}{ratio:8.2f}", flush=True)
            rows.append({"suite": name, "name": key, "a": ours[key], "b": theirs[key], "ratio": ratio})
    if ratios:
        print(f"{'geometric mean':34}{'':48}{mean(ratios):8.2f}   worst {min(ratios):.2f}, {len(ratios)} rows")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, type=shlex.split, help="A, the interpreter that is looked at")
    parser.add_argument("--against", required=True, type=shlex.split, help="B, the one it is compared with")
    parser.add_argument("--suite", default=",".join(suites.ALL), help="comma-separated (default: %(default)s)")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "benches", help="where fetched scripts go")
    parser.add_argument("--turns", type=int, help="how often A and B take turns (default: 3, with --fast 1)")
    parser.add_argument("--fast", action="store_true", help="fewer values")
    parser.add_argument("--json", type=pathlib.Path, help="write the numbers here, too")
    parser.add_argument("names", nargs="*", help="only programs whose names contain one of these")
    options = parser.parse_args()
    options.cache = options.cache.absolute()
    options.turns = options.turns or (1 if options.fast else 3)
    rows = []
    print("A:", shlex.join(options.python), "\nB:", shlex.join(options.against))
    for name in options.suite.split(","):
        try:
            cases = suites.ALL[name](options.cache)
        except KeyError:
            parser.error(f"no suite {name!r}")
        except suites.Unavailable as error:
            print(f"\n{name}: skipped: {error}")
            continue
        cases = [case for case in cases if not options.names or any(part in case.name for part in options.names)]
        if cases:
            rows += run_suite(name, cases, options)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")
    sys.exit(any("failed" in row and row["failed"] == "A" for row in rows))


if __name__ == "__main__":
    main()
