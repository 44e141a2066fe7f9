"""A stand-in for the part of pyperf that benchmark scripts use: every interpreter is timed in the same plain way.

Each benchmark is run once (the first run), then the number of loops is raised until a value takes long enough, and
values are taken until there are enough of them or the time is up; the median is reported. BENCH_RESULTS names the file
that gets one line of JSON per benchmark, BENCH_VALUES and BENCH_SECONDS say how many values and how much time.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

perf_counter = time.perf_counter

# A value shorter than this is mostly noise.
LONG_ENOUGH = 0.1


def python_implementation():
    return sys.implementation.name


def measure(run):
    """First run and median, in seconds per loop, of `run(loops) -> seconds`."""
    wanted = int(os.environ.get("BENCH_VALUES", "7"))
    budget = float(os.environ.get("BENCH_SECONDS", "8"))
    begin = perf_counter()
    first = run(1)
    loops, spent = 1, first
    while spent < LONG_ENOUGH and perf_counter() - begin < budget / 2:
        loops = max(loops * 2, int(loops * LONG_ENOUGH / max(spent, 1e-9))) if spent else loops * 16
        spent = run(loops)
    values = [spent / loops]
    while len(values) < wanted and perf_counter() - begin < budget:
        values.append(run(loops) / loops)
    return first, statistics.median(values), loops, values


class Runner:
    """Runs benchmarks in this process and writes down what they took."""

    def __init__(self, values=None, processes=None, loops=0, min_time=None, warmups=None, metadata=None,
                 program_args=None, add_cmdline_args=None, show_name=True):
        self.argparser = argparse.ArgumentParser()
        self.metadata = dict(metadata or {})
        self.args = None

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_time_func(self, name, time_func, *args, inner_loops=None, metadata=None):
        return self._report(name, lambda loops: time_func(loops, *args), inner_loops)

    def bench_func(self, name, func, *args, inner_loops=None, metadata=None):
        def run(loops):
            each = range(loops)
            start = perf_counter()
            for _ in each:
                func(*args)
            return perf_counter() - start

        return self._report(name, run, inner_loops)

    def bench_async_func(self, name, func, *args, inner_loops=None, metadata=None, loop_factory=None):
        import asyncio

        async def body(loops):
            each = range(loops)
            start = perf_counter()
            for _ in each:
                await func(*args)
            return perf_counter() - start

        def run(loops):
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(body(loops))

        return self._report(name, run, inner_loops)

    def bench_command(self, name, command):
        def run(loops):
            start = perf_counter()
            for _ in range(loops):
                subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            return perf_counter() - start

        return self._report(name, run, None)

    def timeit(self, name, stmt=None, setup="pass", teardown="pass", inner_loops=None, duplicate=None, metadata=None, globals=None):
        import timeit

        statement = stmt if stmt is not None else name
        return self._report(name, timeit.Timer(statement, setup, globals=globals).timeit, inner_loops)

    def _report(self, name, run, inner_loops):
        self.parse_args()
        first, median, loops, values = measure(run)
        each = inner_loops or 1
        row = {"name": name, "first": first / each, "median": median / each, "loops": loops, "values": len(values)}
        if path := os.environ.get("BENCH_RESULTS"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        else:
            print(f"{name}: first {row['first']:.6g} s, median {row['median']:.6g} s")
