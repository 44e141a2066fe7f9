"""What is visible of module builtins and its types equals CPython's."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "support"))
import surface

surface.show_module("builtins")
