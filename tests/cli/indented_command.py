# args: -c "  import sys\n  if sys.argv[1] == 'a':\n    print('dedented', __file__ if '__file__' in globals() else None, __loader__.__name__)" a
"""-c takes away the indentation that all lines have."""
