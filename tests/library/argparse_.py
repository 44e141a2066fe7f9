# exit: 2
"""argparse: help texts, sub-commands, groups, types and every kind of error."""
import argparse, sys
class Parser(argparse.ArgumentParser):
    def error(self, message): raise ValueError(message)
def build(cls=argparse.ArgumentParser):
    parser = cls(prog="tool", description="Does things with files.", epilog="See the manual.", formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--version", action="version", version="%(prog)s 1.0")
    parser.add_argument("-v", "--verbose", action="count", default=0, help="say more")
    parser.add_argument("--size", type=int, default=10, metavar="N", help="how large")
    parser.add_argument("--color", action=argparse.BooleanOptionalAction, default=True, help="use colours")
    group = parser.add_mutually_exclusive_group(); group.add_argument("--fast", action="store_true", help="hurry"); group.add_argument("--slow", action="store_const", const=5, help="take time")
    sub = parser.add_subparsers(dest="command", required=True, title="commands", metavar="COMMAND")
    add = sub.add_parser("add", help="add files", aliases=["a"]); add.add_argument("files", nargs="+", help="what to add"); add.add_argument("-t", "--tag", action="append", choices=["x", "y"], help="a tag")
    rm = sub.add_parser("rm", help="remove"); rm.add_argument("file"); rm.add_argument("rest", nargs=argparse.REMAINDER); rm.add_argument("--when", nargs=2, type=float, metavar=("FROM", "TO"))
    return parser
print(build().format_help()); print(build().format_usage())
for line in ("add a b -t x -t y", "-vv --size 3 --no-color rm f --x 1", "--fast a z", "--slow rm f", "--size=7 rm --when 1 2.5 q", "rm", "", "add", "bogus", "--size x add a", "--fast --slow add a", "add a -t z", "--unknown add a", "-v", "rm f --when 1", "--verb add q", "--size"):
    try: print(line, "->", sorted(vars(build(Parser).parse_args(line.split())).items()))
    except (ValueError, SystemExit) as error: print(line, "->", type(error).__name__, error)
p = argparse.ArgumentParser(prog="p", add_help=False, prefix_chars="-+", fromfile_prefix_chars="@", argument_default=argparse.SUPPRESS, exit_on_error=False, allow_abbrev=False)
p.add_argument("+x", type=lambda s: [int(i) for i in s.split(",")]); p.add_argument("-n", "--name", dest="who"); p.add_argument("opt", nargs="?", const=1, default="none"); p.add_argument("--kv", action="extend", nargs="*"); p.add_argument("--tf", type=argparse.FileType("r"))
print(p.parse_args(["+x", "1,2"]), p.parse_known_args(["-n", "me", "val", "--other", "z"]), p.parse_args(["--kv", "a", "b", "--kv", "c"]), p.parse_args([]))
for line in ("+x q", "--tf /no/such", "--nam x"):
    try: print(p.parse_args(line.split()))
    except argparse.ArgumentError as error: print(type(error).__name__, error)
ns = argparse.Namespace(a=1); print(ns, ns == argparse.Namespace(a=1), "a" in ns)
try: p.add_argument("-n")
except argparse.ArgumentError as error: print(error)
sys.stdout.flush()
build().parse_args(["add"])
