print([x * x for x in range(5)], [x for x in range(10) if x % 3 == 0], {x: x + 1 for x in range(3)}, {x % 2 for x in range(5)})
print(sum(x for x in range(10)), [(i, j) for i in range(2) for j in "ab"])
