import cyc2
x = 1
