def sign(n):
    if n < 0:
        return "negative"
    elif n == 0:
        return "zero"
    else:
        return "positive"


for n in (-5, 0, 5):
    print(n, sign(n))
print("yes" if sign(1) else "no", 1 and 2, 0 or "default", not [])
