# args: -X frozen_modules=off -X pycache_prefix=/nowhere -X cpu_count=3 {file}
"""Options with values: frozen modules come from files, and the cache from elsewhere."""
import os, sys
print(os.cpu_count(), type(os.__spec__.loader).__name__, sys.pycache_prefix, os.__cached__.startswith("/nowhere/"), sys._xoptions)
