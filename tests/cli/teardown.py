"""What is alive at the end is destroyed: the program's namespace; at-exit functions come before."""
import atexit, sys
class T:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name, sys is not None and sys.is_finalizing())
first = T("first"); _private = T("private"); second = T("second")
holder = [T("in list a"), T("in list b")]
atexit.register(print, "at exit")
