s = "Hello, World"
print(s.upper(), s.lower(), s[0], s[-1], s[2:5], s[::-1], len(s))
print(s.split(", "), "-".join(["a", "b"]), s.replace("l", "L"), "World" in s, s.find("o"))
print("%s is %d" % ("x", 5), "{} {}".format(1, 2), f"{3.14159:.2f} {42:>5} {'q'!r}")
print("a" + "b" * 3, "abc" < "abd", "é".encode("utf-8"), b"x\x00y", repr("it's\n"))
