# args: -c "x = (1,\ny = 2"
# exit: 1
