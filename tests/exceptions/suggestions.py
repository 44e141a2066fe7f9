"""Suggestions in error texts: names, attributes, imports and keywords."""
import traceback, collections
def show(source, **names):
    try:
        exec(source, names)
    except Exception as error:
        print(traceback.format_exception_only(error)[-1].strip())
class Thing:
    def __init__(self): self.height = 1; self._private = 2
    def method(self): return heigth if False else self.heigth
    def use(self): return height
    @classmethod
    def make(cls): pass
    def call(self): return method()
show("Thing().heigth", Thing=Thing); show("Thing().method()", Thing=Thing); show("Thing().use()", Thing=Thing); show("Thing().call()", Thing=Thing)
show("Thing.mke", Thing=Thing); show("Thing().private", Thing=Thing); show("x.zzz", x=Thing())
show("lenn([])"); show("pritn(1)"); show("valeu", value=1); show("abc", abd=1); show("zzzzzz", aaaa=1); show("sys.path"); show("math"); show("time.time()")
show("import colections"); show("from collections import OrderedDit"); show("import collections.abd"); show("from os import patth"); show("collections.namedtupel", collections=collections)
show("[].apend(1)"); show("''.uper()"); show("(1).bit_lenght()"); show("{}.itmes"); show("[].push"); show("None.foo"); show("f.__cod__", f=show)
show("def f():\n  first = 1\n  return frist\nf()"); show("def f(n):\n  if n: inner = 1\n  del inner\n  return inner\nf(1)"); show("def f():\n  return later\n  later = 1\nf()")
show("def f():\n  def g(): return free\n  g()\n  free = 1\nf()")
show("print(seperator=1)"); show("sorted([], keey=1)"); show("(lambda width: 0)(widht=1)"); show("int('x', bass=3)"); show("open('x', moed='r')"); show("True_"); show("self.x = 1"); show("Flase"); show("none")
show("import os.pth"); show("from . import x"); show("from .. import y", __package__="a", __name__="a.b"); show("import importlib.utill"); show("from collections import nothing_like_it")
