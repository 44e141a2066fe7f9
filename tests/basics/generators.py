def count(n):
    while n > 0:
        sent = yield n
        if sent:
            print("sent", sent)
        n -= 1
    return "finished"


print(list(count(3)))
g = count(2)
print(next(g))
print(g.send("hello"))
try:
    next(g)
except StopIteration as stop:
    print(stop.value)


def both():
    result = yield from count(2)
    yield result


print(list(both()))
