class Resource:
    def __enter__(self):
        print("open")
        return "resource"

    def __exit__(self, kind, value, traceback):
        print("close", kind and kind.__name__)
        return kind is KeyError


with Resource() as r:
    print(r)
with Resource():
    raise KeyError("swallowed")
try:
    with Resource():
        raise ValueError("passes")
except ValueError as error:
    print("caught", error)
