total = 0
for i in range(3):
    total += i
print(f"{total!r:>4}")
