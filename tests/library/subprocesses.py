"""subprocess: pipes, exit codes, timeouts, environments, groups, what happens before the program runs; posix_spawn; wait results."""
import os, resource, signal, subprocess
def attempt(f, *args, **kwargs):
    try: return f(*args, **kwargs)
    except (OSError, ValueError, TypeError, subprocess.SubprocessError) as e: return f"{type(e).__name__}: {e}"
run = subprocess.run
print(run(["echo", "hi"], capture_output=True))
print(subprocess.check_output("echo a; echo b >&2; exit 0", shell=True, stderr=subprocess.STDOUT, text=True).split())
print(run(["cat"], input=b"x" * 200000, capture_output=True).stdout.count(b"x"))
print(attempt(run, ["/does/not/exist"]), attempt(run, ["sleep", "9"], timeout=0.05), attempt(subprocess.check_call, ["false"]), sep="\n")
print(run(["sh", "-c", "kill -9 $$"]).returncode, run(["sh", "-c", "exit 7"]).returncode)
print(run(["sh", "-c", "echo $A-$B; pwd"], env={"A": "1", "B": "2", "PATH": os.environ["PATH"]}, cwd="/", capture_output=True, text=True).stdout.split())
r, w = os.pipe()
print(run(["sh", "-c", f"echo kept >&{w}"], pass_fds=[w]).returncode, os.read(r, 20), run(["sh", "-c", f"echo lost >&{w}"], stderr=subprocess.DEVNULL).returncode != 0)
print(run(["true"], preexec_fn=lambda: os.write(w, b"before"), close_fds=False).returncode, os.read(r, 20))
print(attempt(subprocess.Popen, ["true"], preexec_fn=lambda: 1 / 0))
print(attempt(subprocess.Popen, ["true"], cwd="/does/not/exist"))
print(run(["sh", "-c", "umask"], start_new_session=True, umask=0o27, capture_output=True, text=True).stdout.split())
with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as p:
    print("one\ntwo", file=p.stdin); p.stdin.close(); print(p.stdout.readlines())
p = subprocess.Popen(["sleep", "9"]); p.send_signal(signal.SIGTERM); print(p.wait(), p)
pid = os.posix_spawn("/bin/sh", ["sh", "-c", "echo spawned >&5; exit 3"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, w, 5)], setsigdef=[signal.SIGPIPE])
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.read(r, 20))
print(attempt(os.posix_spawn, "/bin/true", ["true"], {}, file_actions=[(9,)]), attempt(os.posix_spawn, "/bin/true", [], {}))
pid = os.posix_spawnp("true", ["true"], os.environ); result = os.wait4(pid, 0)
print(result[:2] == (pid, 0), isinstance(result[2], resource.struct_rusage), result[2].ru_utime >= 0)
print(attempt(resource.setrlimit, resource.RLIMIT_NOFILE, (10, 5)), attempt(resource.getrlimit, 99), attempt(resource.getrusage, 99))
