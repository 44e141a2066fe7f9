# sys.remote_exec: scripts sent to a process run in its main thread, in a namespace of their own.
import os
import sys
import tempfile

folder = tempfile.mkdtemp()


def script(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


hello = script("hello.py", "import sys\nprint('hello', sorted(globals()), __name__ if '__name__' in globals() else None)\n")
for pid, path in [(os.getpid(), folder + "/missing.py"), (os.getpid(), "a\0b"), (2**40, hello), ("x", hello), (os.getpid(), 5), (0, None)]:
    try:
        print(sys.remote_exec(pid, path))
    except (OSError, ValueError, TypeError, OverflowError) as error:
        print(type(error).__name__, error)

sys.remote_exec(os.getpid(), hello)
print("after it")
sys.remote_exec(os.getpid(), os.fsencode(script("fails.py", "import sys\nsys.marker = 'was here'\n")))
print(sys.marker)
