def add(a, b):
    """Adds.

    >>> add(1, 2)
    3
    >>> add(1, "a")
    Traceback (most recent call last):
      ...
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    >>> add([1], [2])
    [1, 3]
    >>> undefined
    """
    return a + b
