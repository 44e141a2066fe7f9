# Keywords from mappings: given twice, and keys that are no strings.
# The same keyword twice, with keys that are no strings.
def f(*args, **kwargs):
    return args, kwargs


for source in [
    "f(**{1: 3}, **{1: 5})",
    "f(**{1: 3})",
    "f(**{'a': 3}, **{1: 5})",
    "f(**{1: 3}, a=2)",
    "len(**{1: 2})",
    "len(**{1: 2}, **{1: 3})",
    "f(a=1, **{'a': 2})",
    "f(**5)",
    "f(*5)",
]:
    try:
        print(source, eval(source))
    except TypeError as error:
        print(source, error)
