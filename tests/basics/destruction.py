class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def scope():
    local = Noisy("local")
    print("in scope")


scope()
x = Noisy("first")
x = Noisy("second")
del x
print("end")
last = Noisy("at exit")
