"""What is visible of some native modules equals CPython's."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
import surface

for name in "_abc _bisect _functools _operator _random _statistics _string _struct array atexit binascii cmath errno gc itertools marshal math".split():
    surface.show_module(name)
