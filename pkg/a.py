from . import b
from .b import other as o
value = 1
