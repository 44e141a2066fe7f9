# args: -c
# exit: 2
