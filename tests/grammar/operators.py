"""Precedence, associativity, chaining and short circuits."""
def show(value):
    print("eval", value, end="; ")
    return value
print(2 ** 3 ** 2, -2 ** 2, (-2) ** 2, 2 ** -1, not 1 == 2, 1 + 2 * 3 - 4 / 2)
print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 7 % -3, divmod(-7, 2), 7.5 // 2, -7.5 % 2)
print(1 << 3 | 1, 6 & 3 ^ 5, ~5, 5 >> 1, -5 >> 1, 1 | 2 & 3)
print(1 < 2 < 3, 1 < 3 > 2, 1 == 1.0 is not None, 3 in [1, 2, 3] == True, not 1 in [2])
print(show(1) < show(3) < show(2) < show(4))
print(show(0) or show("") or show([]), show(1) and show(2))
print(show(1) if show(0) else show(3))
print([show(1), show(2)][show(0)], {show("k"): show("v")})
def f(*args, **kwargs): return args, kwargs
print(f(show(1), *[show(2)], x=show(3), **{"y": show(4)}))
i = 0
def index():
    global i
    i += 1
    return i
l = [0] * 5
l[index()] = l[index()] = index()
print(l)
l[index()] += index()
print(l, i)
class M:
    def __matmul__(self, other): return "matmul"
    def __rmatmul__(self, other): return "rmatmul"
    def __imatmul__(self, other): return "imatmul"
m = M(); print(m @ 1, 1 @ m, end=" "); m @= 1; print(m)
print(1 if True else 2 if True else 3, (lambda: 1)(), [*range(3), *"ab"], {**{"a": 1}, "b": 2}, {*(), 1})
print("%s" % 1, "%s %s" % (1, 2), "a" + "b" * 3, [1] + [2] * 2, (1,) * 3, "ab" < "b", [1, 2] < [1, 3])
for expression in ("1 + '1'", "'1' + 1", "[] + ()", "1 < 'a'", "-'a'", "1 @ 2", "{} | []", "~1.5", "1 << -1", "1 // 0", "1.0 % 0", "2 ** -1 ** .5", "0 ** -1", "not_there", "1()", "1[0]", "(1, 2)['a']", "len(5)", "None.x", "[][0]", "{}['k']"):
    try:
        print(expression, "=", eval(expression))
    except Exception as error:
        print(f"{expression}: {type(error).__name__}: {error}")
