"""Makes a tree of files, walks it with pathlib, and reports what is there."""

import csv
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from functools import cached_property, total_ordering
from pathlib import Path, PurePosixPath, PureWindowsPath
from string import Template

FILES = {
    "README.md": "# Sample\n\nA tree of files.\n",
    "src/main.py": "import util\n\n\ndef main():\n    print(util.greet('you'))\n\n\nmain()\n",
    "src/util.py": "def greet(name):\n    return f'hello {name}'\n",
    "src/data/table.csv": "name,size\nann,3\nbob,14\n\"c, d\",15\n",
    "src/data/empty.txt": "",
    "docs/über.txt": "Grüße aus dem Süden\n" * 3,
    "docs/copy.md": "# Sample\n\nA tree of files.\n",
    "docs/notes/2026/plan.json": json.dumps({"steps": [1, 2, {"deep": None}], "done": False}),
}


@total_ordering
class Entry:
    """One file of the tree."""

    def __init__(self, root, path):
        self.root = root
        self.path = path

    @property
    def name(self):
        return self.path.relative_to(self.root).as_posix()

    @cached_property
    def data(self):
        return self.path.read_bytes()

    @cached_property
    def digest(self):
        return hashlib.sha256(self.data).hexdigest()[:12]

    @property
    def lines(self):
        return self.data.count(b"\n")

    def __eq__(self, other):
        return self.name == other.name

    def __lt__(self, other):
        return (len(self.data), self.name) < (len(other.data), other.name)

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"<{self.name} {len(self.data)} bytes>"


def make(root):
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def tree(folder, prefix=""):
    """Yields the lines of a drawing of the tree."""
    children = sorted(folder.iterdir(), key=lambda path: (path.is_file(), path.name))
    for child in children:
        last = child == children[-1]
        yield f"{prefix}{'└── ' if last else '├── '}{child.name}{'/' if child.is_dir() else ''}"
        if child.is_dir():
            yield from tree(child, prefix + ("    " if last else "│   "))


def table(entries):
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=["name", "bytes", "lines", "digest"], lineterminator="\n")
    writer.writeheader()
    for entry in sorted(entries, reverse=True):
        writer.writerow({"name": entry.name, "bytes": len(entry.data), "lines": entry.lines, "digest": entry.digest})
    return out.getvalue()


def main():
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        root = Path(folder).resolve()
        make(root)
        print(*tree(root), sep="\n")
        entries = [Entry(root, path) for path in root.rglob("*") if path.is_file()]
        print(f"\n{len(entries)} files, largest {max(entries)}, smallest {min(entries)}")
        print(table(entries), end="")

        suffixes = Counter(path.path.suffix for path in entries)
        print("suffixes:", dict(sorted(suffixes.items())))
        doubles = {}
        for entry in sorted(entries, key=lambda entry: entry.name):
            doubles.setdefault(entry.digest, []).append(entry.name)
        print("same contents:", [names for names in doubles.values() if len(names) > 1])

        with (root / "src/data/table.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        print("table:", rows, "sum", sum(int(row["size"]) for row in rows))
        plan = json.loads((root / "docs/notes/2026/plan.json").read_text())
        print("plan:", json.dumps(plan, indent=1, sort_keys=True).replace("\n", "|"))

        moved = (root / "docs/über.txt").rename(root / "docs/renamed.txt")
        print("moved:", moved.name, moved.exists(), (root / "docs/über.txt").exists())
        first, *rest = moved.read_text(encoding="utf-8").splitlines()
        print("text:", first, len(rest), moved.stat().st_size)
        with moved.open("r+b") as file:
            file.seek(-7, os.SEEK_END)
            tail = file.read()
            file.truncate(5)
        print("tail:", tail, moved.read_bytes())
        shutil.copytree(root / "src", root / "backup", ignore=shutil.ignore_patterns("*.csv"))
        print("backup:", sorted(path.relative_to(root).as_posix() for path in (root / "backup").rglob("*")))
        try:
            (root / "docs").rmdir()
        except OSError as error:
            print("rmdir:", error.strerror)
        shutil.rmtree(root / "docs")
        try:
            (root / "docs" / "nothing.txt").read_text()
        except FileNotFoundError as error:
            print("read:", error.strerror, Path(error.filename).name)
        print("globs:", sorted(path.name for path in root.glob("**/*.py")), sorted(path.name for path in root.glob("s*/u*")))
        kept = root
    print("removed:", not kept.exists())

    path = PurePosixPath("/usr/lib/../share/doc.tar.gz")
    print(path.parts, path.stem, path.suffixes, path.with_suffix(".zip"), path.parent.name, path.is_absolute())
    print(path.match("*.gz"), path.relative_to("/usr"), path.with_name("other"), PurePosixPath("a") / "/b" / "c")
    windows = PureWindowsPath(r"C:\Users\ann\file.txt")
    print(windows.drive, windows.root, windows.as_posix(), windows.parents[1], windows == PureWindowsPath("c:/users/ANN/file.TXT"))
    print(Template("$who has ${count} files").substitute(who="ann", count=len(FILES)), file=sys.stdout)


if __name__ == "__main__":
    main()
