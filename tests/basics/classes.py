class Animal:
    kind = "animal"

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name} says {self.sound()}"

    def sound(self):
        return "..."

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Dog(Animal):
    def sound(self):
        return "woof"

    def speak(self):
        return super().speak() + "!"


for animal in (Animal("thing"), Dog("rex")):
    print(animal, animal.speak(), animal.kind, isinstance(animal, Dog))
Dog.kind = "dog"
print(Dog("a").kind, Animal("b").kind, Dog.__mro__)
