from ..a import value
from ... import x
