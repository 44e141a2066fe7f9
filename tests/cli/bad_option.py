# args: -Q
# exit: 2
