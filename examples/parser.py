"""A reader and a printer of a JSON-like language, with errors that point at the place."""

import io
from contextlib import contextmanager
from functools import singledispatch


class ParseError(ValueError):
    """What is wrong with a document, and where."""

    def __init__(self, message, text, position):
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1) + 1
        self.text = text.splitlines()[self.line - 1] if text else ""
        super().__init__(f"{message} (line {self.line}, column {self.column})")

    def show(self):
        return f"{self}\n  {self.text}\n  {' ' * (self.column - 1)}^"


class UnknownName(ParseError):
    """A bare word that means nothing."""


class Symbol:
    """A bare word of the language, one object for each word."""

    _known = {}

    def __new__(cls, name):
        return cls._known.setdefault(name, super().__new__(cls))

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return f"Symbol({self.name!r})"


class Reader:
    """Reads one value from a text: objects, lists, numbers, strings, symbols and comments."""

    CONSTANTS = {"true": True, "false": False, "null": None}
    ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}

    def __init__(self, text):
        self.text = text
        self.position = 0
        self.depth = 0

    def error(self, message, position=None, kind=ParseError):
        return kind(message, self.text, self.position if position is None else position)

    @contextmanager
    def nested(self):
        self.depth += 1
        if self.depth > 20:
            raise self.error("too deep")
        try:
            yield self.depth
        finally:
            self.depth -= 1

    def peek(self):
        while self.position < len(self.text):
            c = self.text[self.position]
            if c == "#":
                end = self.text.find("\n", self.position)
                self.position = len(self.text) if end < 0 else end
            elif c.isspace():
                self.position += 1
            else:
                return c
        return ""

    def expect(self, wanted):
        found = self.peek()
        if found != wanted:
            raise self.error(f"expected {wanted!r}, found {found!r}" if found else f"expected {wanted!r}, found the end")
        self.position += 1

    def document(self):
        value = self.value()
        if rest := self.peek():
            raise self.error(f"unexpected {rest!r} after the value")
        return value

    def value(self):
        match self.peek():
            case "":
                raise self.error("expected a value, found the end")
            case "{":
                return self.object()
            case "[":
                return self.list()
            case '"':
                return self.string()
            case c if c.isdigit() or c in "-+":
                return self.number()
            case c if c.isidentifier():
                return self.word()
            case c:
                raise self.error(f"unexpected {c!r}")

    def items(self, close, item):
        self.position += 1
        with self.nested():
            while self.peek() != close:
                yield item()
                if self.peek() != ",":
                    break
                self.position += 1
        self.expect(close)

    def object(self):
        def pair():
            start = self.position
            key = self.string() if self.peek() == '"' else self.word(raw=True)
            if key in seen:
                raise self.error(f"key {key!r} again", start)
            seen.add(key)
            self.expect(":")
            return key, self.value()

        seen = set()
        return dict(self.items("}", pair))

    def list(self):
        return list(self.items("]", self.value))

    def string(self):
        start = self.position
        self.expect('"')
        parts = io.StringIO()
        while True:
            if self.position >= len(self.text):
                raise self.error("this string never ends", start)
            c = self.text[self.position]
            self.position += 1
            if c == '"':
                return parts.getvalue()
            if c == "\\":
                c = self.text[self.position: self.position + 1]
                self.position += 1
                if c == "u":
                    digits = self.text[self.position: self.position + 4]
                    try:
                        c = chr(int(digits, 16))
                    except ValueError as error:
                        raise self.error("bad escape", self.position) from error
                    self.position += 4
                else:
                    c = self.ESCAPES.get(c, c)
            parts.write(c)

    def number(self):
        start = self.position
        while self.position < len(self.text) and (self.text[self.position].isalnum() or self.text[self.position] in "+-._"):
            self.position += 1
        literal = self.text[start: self.position]
        for convert in (lambda text: int(text, 0), float):
            try:
                return convert(literal)
            except ValueError:
                pass
        raise self.error(f"bad number {literal}", start)

    def word(self, raw=False):
        start = self.position
        while self.position < len(self.text) and (self.text[self.position].isalnum() or self.text[self.position] in "_$"):
            self.position += 1
        name = self.text[start: self.position]
        if raw:
            return name
        if name.startswith("x_"):
            raise self.error(f"unknown name {name}", start, UnknownName)
        return self.CONSTANTS[name] if name in self.CONSTANTS else Symbol(name)


@singledispatch
def render(value, indent=0):
    """The text of a value; each type has its own way."""
    return repr(value)


@render.register
def _(value: dict, indent=0):
    if not value:
        return "{}"
    pad = "  " * (indent + 1)
    rows = [f"{pad}{key}: {render(item, indent + 1)}" for key, item in value.items()]
    return "{\n" + ",\n".join(rows) + "\n" + "  " * indent + "}"


@render.register(list)
@render.register(tuple)
def _(value, indent=0):
    return "[" + ", ".join(render(item, indent) for item in value) + "]"


@render.register
def _(value: str, indent=0):
    return '"' + value.translate({10: "\\n", 34: '\\"', 9: "\\t"}) + '"'


@render.register(bool)
@render.register(type(None))
def _(value, indent=0):
    return {True: "true", False: "false", None: "null"}[value]


@render.register
def _(value: Symbol, indent=0):
    return value.name


DOCUMENT = """
# a shop's settings
{
    name: "Corner \\"shop\\"", open: true, owner: null,
    prices: [1, 2.5, -3e2, 0xff, 1_000, []],
    "address": {street: "Main\\u0020Street", lines: ["a\\tb", "c\\nd"], empty: {}},
    mode: fast, # a symbol
    modes: [fast, slow, fast]
}
"""

BROKEN = ["", "[1, 2", "{a: 1, a: 2}", '{"open": "yes', "[1, 2] 3", "{a 1}", "[12ab]", '"\\uZZZZ"', "[1,\n x_y,\n 3]", "[" * 30, "@"]


def main():
    value = Reader(DOCUMENT).document()
    text = render(value)
    print(text)
    print("symbols are shared:", value["mode"] is value["modes"][0] is Symbol("fast"))
    print("round trip:", render(Reader(text).document()) == text)
    for text in BROKEN:
        try:
            Reader(text).document()
        except UnknownName as error:
            print("name:", error.show())
        except ParseError as error:
            cause = f" because of {type(error.__cause__).__name__}" if error.__cause__ else ""
            print(f"{error.show()}{cause}")
        else:
            print("no error in", text)


if __name__ == "__main__":
    main()
