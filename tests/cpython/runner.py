"""Runs one module of CPython's test suite and notes how each test ended.

usage: runner.py MODULE RESULTS SKIP [ONLY]

RESULTS gets a line as each thing happens, so that a crash loses nothing:
    start ID, then ok|fail|skip ID, then stop ID; missing ID; done at the end
SKIP and ONLY are files of ids, one a line: tests to leave out, and the only tests to run.
"""

import os
import signal
import sys
import unittest

# Tests interrupt themselves and their children: a shell may have started this with SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


def read_ids(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return {line.rstrip("\n") for line in file}


def identify(test):
    return "_".join(test.id().split())


def flatten(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from flatten(test)
        else:
            yield test


class Recorder(unittest.TestResult):
    """A result that writes every outcome down at once, and failures to standard error."""

    def __init__(self, notes):
        super().__init__()
        self.notes = notes
        self.subtest_failed = False

    def note(self, word, test):
        os.write(self.notes, f"{word} {identify(test)}\n".encode("utf-8", "surrogateescape"))

    def report(self, test, err):
        self.note("fail", test)
        try:
            text = self._exc_info_to_string(err, test)
        except Exception as error:
            text = f"{err[0].__name__} (and {type(error).__name__} while formatting it)\n"
        print(f"FAIL {identify(test)}\n{text}", file=sys.stderr, flush=True)

    def startTest(self, test):
        self.note("start", test)
        self.subtest_failed = False
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.note("stop", test)

    def addSuccess(self, test):
        if not self.subtest_failed:
            self.note("ok", test)

    def addError(self, test, err):
        self.report(test, err)

    def addFailure(self, test, err):
        self.report(test, err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.subtest_failed = True
            self.report(test, err)

    def addSkip(self, test, reason):
        self.note("skip", test)

    def addExpectedFailure(self, test, err):
        self.note("ok", test)

    def addUnexpectedSuccess(self, test):
        self.note("fail", test)

    def addDuration(self, test, elapsed):
        pass


def main():
    module, results, skip, *only = sys.argv[1:]
    sys.argv[1:] = []
    notes = os.open(results, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    from test import support
    support.use_resources = {}
    support.verbose = 0
    done = read_ids(skip)
    tests = list(flatten(unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")))
    if only:
        wanted = read_ids(only[0])
        known = {identify(test) for test in tests}
        for name in sorted(wanted - known):
            os.write(notes, f"missing {name}\n".encode("utf-8", "surrogateescape"))
        tests = [test for test in tests if identify(test) in wanted]
    suite = unittest.TestSuite(test for test in tests if identify(test) not in done)
    del tests
    suite.run(Recorder(notes))
    os.write(notes, b"done\n")
    sys.stdout.flush()
    # What a test left behind (threads, exit handlers) has no say in the outcome.
    os._exit(0)


if __name__ == "__main__":
    main()
