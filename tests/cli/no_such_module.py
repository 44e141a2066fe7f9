# args: -m no_such_module_anywhere
# exit: 1
