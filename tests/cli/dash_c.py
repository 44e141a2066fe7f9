# args: -c "import sys; print(sys.argv, __name__, sys.flags.interactive); print(sys.path[0] == ''); raise ValueError('from -c')" one "two words"
# exit: 1
