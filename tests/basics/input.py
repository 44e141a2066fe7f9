# stdin: Ann\n41\n
name = input("name? ")
age = int(input("age? "))
print(f"\n{name} will be {age + 1}")
try:
    input()
except EOFError as error:
    print("end of file:", error)
