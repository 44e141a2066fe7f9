print("hello")
print("a", 1, 2.5, None, True, sep=", ", end="!\n")
