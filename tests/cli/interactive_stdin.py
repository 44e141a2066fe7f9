# args: -q -i -c "x = 41"
# stdin: x + 1\nif x:\n    print('yes')\n\nundefined\nexit(4)\n
# exit: 4
