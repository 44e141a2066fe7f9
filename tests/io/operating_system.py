"""os, os.path, shutil, tempfile, glob and subprocess basics in a folder of its own."""
import errno, fnmatch, glob, os, shutil, stat, subprocess, sys, tempfile
os.makedirs("a/b/c"); open("a/one.txt", "w").write("1"); open("a/b/two.py", "w").write("22"); os.symlink("one.txt", "a/link"); os.mkdir("empty", 0o700)
print(sorted(os.listdir("a")), [(r, sorted(d), sorted(f)) for r, d, f in sorted(os.walk("."))], sorted((e.name, e.is_file(), e.is_dir(), e.is_symlink()) for e in os.scandir("a")))
s = os.stat("a/one.txt"); print(s.st_size, stat.S_ISREG(s.st_mode), oct(stat.S_IMODE(os.stat("empty").st_mode)), os.readlink("a/link"), stat.filemode(os.lstat("a/link").st_mode), os.path.samefile("a/link", "a/one.txt"), os.access("a", os.R_OK), len(s), s[6])
print(os.path.join("a", "/b", "c"), os.path.split("/x/y.z"), os.path.splitext("a.tar.gz"), os.path.normpath("a//b/../c/."), os.path.relpath("/a/b", "/a/c"), os.path.commonpath(["/a/b", "/a/c"]), os.path.basename("x/"), os.path.isabs("/x"), os.path.expanduser("~") == os.environ["HOME"], os.path.expandvars("$NOPE ${HOME}")[:5], os.path.exists("nope"), os.path.islink("a/link"), os.path.abspath("q") == os.getcwd() + "/q", os.path.splitroot("/a"))
os.rename("a/one.txt", "a/uno.txt"); os.replace("a/b/two.py", "a/b/dos.py"); os.chmod("a/uno.txt", 0o600); os.utime("a/uno.txt", (1, 2)); print(os.stat("a/uno.txt").st_mtime, oct(os.stat("a/uno.txt").st_mode & 0o777), os.remove("a/link"), os.path.lexists("a/link"), sorted(glob.glob("**/*.py", recursive=True)), glob.glob("a/[uv]*"), fnmatch.filter(["a.py", "b.txt"], "*.py"), fnmatch.translate("a?[!b]*"))
shutil.copy("a/uno.txt", "copy.txt"); shutil.copytree("a", "a2"); shutil.move("a2", "a3"); print(sorted(os.listdir()), shutil.which("sh") is not None, shutil.rmtree("a3"), os.path.exists("a3"), shutil.disk_usage(".").total > 0)
fd = os.open("raw", os.O_RDWR | os.O_CREAT); print(os.write(fd, b"hello"), os.lseek(fd, 1, os.SEEK_SET), os.read(fd, 2), os.fstat(fd).st_size, os.ftruncate(fd, 2), os.close(fd), os.path.getsize("raw"))
os.environ["MINE"] = "v"; print(os.getenv("MINE"), os.environ.get("NOPE", "d"), "MINE" in os.environ, os.environ.pop("MINE"), os.fsencode("é"), os.fsdecode(b"\xff").encode("utf-8", "surrogateescape"), os.fspath("x"), os.sep, os.linesep, os.name, os.cpu_count() > 0, os.getpid() > 1, os.strerror(2), errno.errorcode[13], os.get_terminal_size if False else "")
r, w = os.pipe(); os.write(w, b"pipe"); os.close(w); print(os.read(r, 10), os.read(r, 1), os.close(r)); pid = os.fork() if hasattr(os, "fork") else 0
if pid == 0: os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
with tempfile.TemporaryDirectory() as d: p = os.path.join(d, "x"); open(p, "w").close(); print(os.path.exists(p))
print(os.path.exists(d)); f = tempfile.NamedTemporaryFile("w+", suffix=".t"); f.write("tmp"); f.seek(0); print(f.read(), f.name.endswith(".t"), f.close(), os.path.exists(f.name)); sp = tempfile.SpooledTemporaryFile(10, "w+"); sp.write("x" * 20); print(sp._rolled)
run = lambda *a, **k: subprocess.run([sys.executable, *a], capture_output=True, text=True, **k)
p = run("-c", "import sys; print('out', sys.argv[1:]); print('err', file=sys.stderr); sys.exit(3)", "a b"); print(p.returncode, p.stdout, p.stderr); print(run("-c", "print(input()[::-1])", input="hello").stdout, subprocess.check_output("echo $((1+2))", shell=True), subprocess.run(["sh", "-c", "kill -9 $$"]).returncode, run("-c", "import os; print(os.environ.get('X'))", env={**os.environ, "X": "1"}, cwd="/").stdout)
def attempt(source):
    try: print(source, "=", eval(source))
    except Exception as error: print(f"{source}: {type(error).__name__}: {error}")
for source in ("os.mkdir('a')", "os.rmdir('a')", "os.remove('nope')", "os.listdir('nope')", "os.rename('nope', 'x')", "os.stat('nope')", "os.mkdir('x/y')", "os.open('a', os.O_WRONLY)", "os.chdir('nope')", "os.remove('a')", "os.fspath(5)", "os.path.join('a', 5)", "os.path.join('a', b'b')", "os.environ['NOPE']", "os.getenv(5)", "shutil.rmtree('nope')", "shutil.copy('nope', 'x')", "shutil.copytree('a', 'a')", "subprocess.run(['no-such-program'])", "subprocess.run(['false'], check=True)", "subprocess.run(['sleep', '5'], timeout=0.01)", "os.kill(os.getpid(), 'x')", "os.readlink('a')", "os.listdir(b'a') == [] ", "os.stat(b'\\0')", "os.putenv('a=b', 'c')"):
    attempt(source)
