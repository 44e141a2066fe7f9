def greet(name, greeting="hello", *rest, mark="!", **extra):
    return f"{greeting} {name}{mark} {rest} {extra}"


print(greet("a"))
print(greet("a", "hi", 1, 2, mark="?", key="v"))
print((lambda x, y=2: x * y)(4))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print([fib(n) for n in range(15)])


def make_adder(n):
    def add(x):
        return x + n
    return add


print(make_adder(3)(4))
