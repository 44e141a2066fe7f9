# exit: 1
"""The traceback of an uncaught exception: frames, carets, causes and notes."""
class Thing:
    def method(self, x):
        return self.other(x, key=[1, 2, 3][x])
    def other(self, x, key):
        return x + (key / 0)
def start(n):
    value = {"a": {"b": None}}
    try:
        return value["a"]["b"]["c"] + n
    except TypeError as error:
        error.add_note("a note\nof two lines")
        raise RuntimeError("wrapped") from error
def main():
    try:
        start(1)
    except RuntimeError:
        Thing().method(
            2
        )
print("before")
main()
