def what(x):
    match x:
        case 0:
            return "zero"
        case [a, *rest]:
            return f"list {a} {rest}"
        case {"k": v}:
            return f"dict {v}"
        case str() as s if len(s) > 2:
            return f"long {s}"
        case _:
            return "other"


for x in (0, [1, 2, 3], {"k": 5}, "long text", "s", None):
    print(what(x))
