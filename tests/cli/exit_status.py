# args: -c "import atexit, os, sys; atexit.register(print, 'bye'); sys.stdout.write('no newline'); sys.exit((1, 'tuple'))"
# exit: 1
