# args: {dir}/does_not_exist.py
# exit: 2
