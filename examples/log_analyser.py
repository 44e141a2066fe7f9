# args: {file} --top 3 --since 2026-03-01T08:00:10
"""Analyses a web server's log: regular expressions, counters, argparse and dates.

Without FILE it reads a log that it makes itself.
"""

import argparse
import re
import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from datetime import datetime, timedelta
from statistics import mean, median

LINE = re.compile(
    r"""
    (?P<host>[\w.:-]+) \s - \s (?P<user>-|\w+) \s
    \[(?P<time>[^\]]+)\] \s
    "(?P<method>[A-Z]+) \s (?P<path>[^\s?"]+) (?:\?(?P<query>[^\s"]*))? \s HTTP/(?P<version>\d\.\d)" \s
    (?P<status>\d{3}) \s (?P<size>\d+|-) \s (?P<millis>\d+)ms
    """,
    re.VERBOSE,
)
Request = namedtuple("Request", "host user time method path query status size millis")
TIME_FORMAT = "%d/%b/%Y:%H:%M:%S"


def sample_log():
    """Yields the lines of a made-up log, the same every time."""
    paths = ["/", "/items", "/items/42", "/login", "/static/site.css", "/api/v1/search?q=lamp&page=2", "/missing"]
    hosts = ["10.0.0.1", "10.0.0.2", "2001:db8::7", "shop.example"]
    seed = 12345
    now = datetime(2026, 3, 1, 8, 0, 0)
    for i in range(120):
        seed = (seed * 1103515245 + 12345) % 2**31
        path = paths[(seed >> 8) % len(paths)]
        status = 404 if path == "/missing" else 500 if seed % 29 == 0 else 302 if path == "/login" else 200
        size = "-" if status == 302 else str(seed % 5000)
        now += timedelta(seconds=seed % 3)
        user = "-" if seed % 5 else "ann"
        method = "POST" if path == "/login" else "GET"
        yield (
            f'{hosts[(seed >> 16) % len(hosts)]} - {user} [{now:%d/%b/%Y:%H:%M:%S}] '
            f'"{method} {path} HTTP/1.1" {status} {size} {seed % 400}ms'
        )
        if i % 40 == 39:
            yield f"garbled line {i}"


def parse(lines, problems):
    """Turns lines into requests; lines that make no sense are appended to `problems`."""
    for number, line in enumerate(lines, 1):
        match = LINE.fullmatch(line.rstrip())
        if not match:
            problems.append((number, line))
            continue
        fields = match.groupdict()
        del fields["version"]
        fields["time"] = datetime.strptime(fields["time"], TIME_FORMAT)
        fields["status"] = int(fields["status"])
        fields["size"] = 0 if fields["size"] == "-" else int(fields["size"])
        fields["millis"] = int(fields["millis"])
        yield Request(**fields)


def sliding_peak(requests, seconds):
    """The largest number of requests within any `seconds`, and when that was."""
    window, best, when = deque(), 0, None
    for request in requests:
        window.append(request.time)
        while window[0] <= request.time - timedelta(seconds=seconds):
            window.popleft()
        if len(window) > best:
            best, when = len(window), window[0]
    return best, when


def bar(count, largest, width=24):
    filled = round(width * count / largest)
    return "#" * filled + "." * (width - filled)


def build_parser():
    parser = argparse.ArgumentParser(prog="log_analyser", description="Says what a web server did.")
    parser.add_argument("file", nargs="?", type=argparse.FileType("r"), help="the log (default: a sample)")
    parser.add_argument("--top", type=int, default=5, metavar="N", help="how many paths to list")
    parser.add_argument("--since", type=datetime.fromisoformat, help="ignore what is older")
    parser.add_argument("--status", type=int, action="append", choices=[200, 302, 404, 500])
    return parser


def main(argv=None):
    options = build_parser().parse_args(argv)
    problems = []
    requests = list(parse(options.file or sample_log(), problems))
    total = len(requests)
    if options.since:
        requests = [request for request in requests if request.time >= options.since]
    if options.status:
        requests = [request for request in requests if request.status in options.status]
    print(f"{len(requests)} of {total} requests, {len(problems)} lines not understood")
    for number, line in problems:
        print(f"  line {number}: {line!r}")

    paths = Counter(request.path for request in requests)
    largest = max(paths.values(), default=1)
    print(f"\nTop {options.top} paths")
    for path, count in sorted(paths.items(), key=lambda item: (-item[1], item[0]))[: options.top]:
        print(f"  {path:<18} {count:>3} {bar(count, largest)}")

    times = defaultdict(list)
    for request in requests:
        times[request.status // 100].append(request.millis)
    print("\nTimes by class of status")
    for kind, values in sorted(times.items()):
        print(f"  {kind}xx: {len(values):>3} requests, mean {mean(values):6.1f} ms, median {median(values):5.1f}, max {max(values)}")

    users = OrderedDict.fromkeys(request.user for request in requests)
    users.move_to_end("-")
    print("\nUsers:", ", ".join(users), "| hosts:", ", ".join(sorted({request.host for request in requests})))
    queries = {key: value for request in requests if request.query
               for key, _, value in (part.partition("=") for part in request.query.split("&"))}
    print("Query parameters:", queries)
    peak, when = sliding_peak(requests, 5)
    print(f"Peak: {peak} requests in 5 s from {when:%H:%M:%S}")
    text = "contact ann@example.org or bob@example.com"
    print(re.sub(r"(\w+)@(\w+)\.\w+", lambda match: f"{match[1].title()} at {match[2]}", text))


if __name__ == "__main__":
    main()
    try:
        main(["--status", "418"])
    except SystemExit as stop:
        print("exit status", stop.code, file=sys.stderr)
