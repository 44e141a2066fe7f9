from ..b import other
from . import e
