import sys
from helper import greet

print(greet("directory"), __name__, __package__ == "", sys.argv[1:], sys.path[0].endswith("package"))
