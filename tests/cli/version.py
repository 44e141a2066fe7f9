# args: -c "import sys, platform; print(sys.version_info[:2], platform.python_implementation(), sys.version.split()[0].startswith('3.14.'))"
