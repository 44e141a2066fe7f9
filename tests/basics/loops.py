total = 0
for i in range(10):
    if i == 2:
        continue
    if i == 8:
        break
    total += i
else:
    print("not printed")
print(total)
while total > 10:
    total -= 7
else:
    print("while else", total)
for a, b in [(1, 2), (3, 4)]:
    print(a, b)
for i, c in enumerate("ab"):
    for j in range(2):
        print(i, c, j, end=" ")
print()
