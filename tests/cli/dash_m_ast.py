# args: -m ast
# stdin: def f[T](x: T = 1) -> None:\n    return [*x, f"{x!r:>5}"]\n
