# args: -m tokenize
# stdin: if x:\n\ty = f'{a:>{w}}' # c\n
