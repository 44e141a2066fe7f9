class Temperature:
    def __init__(self):
        self._c = 0

    @property
    def f(self):
        return self._c * 9 / 5 + 32

    @f.setter
    def f(self, value):
        self._c = (value - 32) * 5 / 9

    @staticmethod
    def unit():
        return "C"

    @classmethod
    def make(cls, c):
        t = cls()
        t._c = c
        return t


t = Temperature.make(100)
print(t.f, t.unit())
t.f = 32
print(t._c)
