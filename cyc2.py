import cyc1
try:
    cyc1.x
except AttributeError as e:
    print(e)
try:
    from cyc1 import x
except ImportError as e:
    print(str(e).split(' (')[0], e.name)
