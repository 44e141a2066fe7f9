"""Times the functions of one file of micro programs: each takes a number of rounds and does ten operations a round."""

import os
import runpy
import sys
import time

import pyperf

OPERATIONS = 10

pyperf.LONG_ENOUGH = 0.02


def main():
    path = sys.argv.pop(1)
    # A micro program needs no more than a moment.
    os.environ["BENCH_SECONDS"] = str(min(1.0, float(os.environ.get("BENCH_SECONDS", "1"))))
    topic = os.path.basename(path).removesuffix(".py")
    functions = {name: value for name, value in runpy.run_path(path).items() if name.startswith("bench_")}
    runner = pyperf.Runner()
    for name, function in functions.items():
        def run(rounds):
            start = time.perf_counter()
            function(rounds)
            return time.perf_counter() - start

        runner.bench_time_func(f"{topic}: {name.removeprefix('bench_')}", run, inner_loops=OPERATIONS)


if __name__ == "__main__":
    main()
