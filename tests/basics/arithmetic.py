x = 7
y = 3
print(x + y, x - y, x * y, x / y, x // y, x % y, x ** y, -x)
print(x > y, x == 7, x != y, x <= y, not x)
print(1.5 + 2, 2 ** 100, 10 // 0.3)
x += 1
x <<= 4
print(x, x & 0x70, x | 1, x ^ 255, ~x)
