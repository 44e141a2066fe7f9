# args: - first second
# stdin: import sys\nprint(sys.argv, __name__)\nfor i in range(2):\n    print(i)\nprint(__file__ if '__file__' in globals() else 'no file')\n1 / 0\n
# exit: 1
