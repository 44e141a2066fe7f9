"""pathlib: pure paths and real ones."""
import os
from pathlib import Path, PurePath, PurePosixPath as P, PureWindowsPath as W
p = P("/usr/lib/python/file.tar.gz"); print(p, repr(p), p.name, p.stem, p.suffix, p.suffixes, p.parent, list(p.parents), p.parts, p.anchor, p.root, p.drive, p.with_name("n"), p.with_stem("s"), p.with_suffix(""), p.relative_to("/usr"), p.is_relative_to("/x"), p / "../x", "a" / P("b"), p.joinpath("c", "d"), p.match("*.gz"), p.full_match("/usr/**/*.gz"), p.as_uri(), p.is_absolute(), P("a//b/./c/"), P(""), P(".") == P(""), P("a") < P("b"), hash(P("a")) == hash(P("a")), P("a/../b"), P("..").name, P(".bashrc").suffix, P("a.").suffix, P("/a").relative_to("/b", walk_up=True))
w = W("C:\\a/b.txt"); print(w, w.drive, w.root, w.parts, w.as_posix(), w == W("c:/A/B.TXT"), W("\\\\srv\\share\\x").parts, w.with_suffix(".py"), w.is_absolute(), W("a:b"), W("x") / "C:/y")
r = Path("d"); (r / "sub").mkdir(parents=True); (r / "f.txt").write_text("one\ntwo\n"); (r / "sub" / "g.bin").write_bytes(b"\0\1"); (r / "l").symlink_to("f.txt")
print(sorted(r.iterdir()), sorted(r.rglob("*")), (r / "f.txt").read_text(), (r / "sub/g.bin").read_bytes(), r.is_dir(), (r / "l").is_symlink(), (r / "l").readlink(), (r / "f.txt").stat().st_size, (r / "f.txt").exists(), (r / "nope").exists(), (r / "f.txt").resolve() == Path.cwd() / "d/f.txt", Path.home() == Path(os.environ["HOME"]), Path("~").expanduser() == Path.home(), (r / "f.txt").samefile(r / "l"), [(str(a), sorted(b), sorted(c)) for a, b, c in sorted(r.walk())])
(r / "f.txt").rename(r / "h.txt"); (r / "t").touch(); (r / "t").unlink(); (r / "t").unlink(missing_ok=True); (r / "h.txt").copy(r / "copied"); print((r / "copied").read_text(), (r / "copied").move(r / "moved").name, sorted(x.name for x in r.glob("*o*")), list(r.glob("**/g.*")), (r / "h.txt").with_suffix(".md").exists(), sum(1 for _ in (r / "h.txt").open()))
class Sub(P):
    def __init__(self, *a): super().__init__(*a); self.tag = 1
    def with_segments(self, *a): return Sub(*a)
print(type(Sub("a") / "b").__name__, (Sub("a") / "b").tag, isinstance(Path(), PurePath), type(Path()).__name__, os.fspath(P("x")), f"{P('x')!s:>4}", bytes(P("é")))
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("P('a').relative_to('b')", "P('a').with_name('b/c')", "P('a').with_suffix('x')", "P('').with_name('a')", "P(5)", "P('a') / 5", "P('a').as_uri()", "Path('nope').read_text()", "Path('d').read_text()", "Path('d').rmdir()", "Path('d').mkdir()", "Path('nope').stat()", "Path('d').unlink()", "Path('nope').iterdir()", "list(Path('nope').iterdir())", "list(Path('.').glob(''))", "W('a') < P('a')", "Path('x').write_text(b'b')", "P('a').parents[5]", "Path('nope').resolve(strict=True)", "Path('d').rename('/nope/x')", "P('a\\0b')", "Path('a\\0').exists()", "P('a').match('')"):
    attempt(source)
