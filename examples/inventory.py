"""A shop's inventory: dataclasses, sorting, grouping and formatted reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, astuple, dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import ClassVar, Iterator


class StockError(Exception):
    """Raised when an order asks for more than there is."""

    def __init__(self, product: Product, wanted: int) -> None:
        super().__init__(f"only {product.quantity} of {product.name!r} left, {wanted} wanted")
        self.product = product
        self.missing = wanted - product.quantity


@dataclass(order=True, slots=True)
class Product:
    """One kind of thing in the shop."""

    sort_key: tuple = field(init=False, repr=False)
    name: str
    category: str
    cents: int
    quantity: int = 0
    tags: frozenset[str] = field(default_factory=frozenset, compare=False)

    def __post_init__(self) -> None:
        if self.cents < 0:
            raise ValueError(f"{self.name}: a price cannot be negative ({self.cents})")
        self.sort_key = (self.category, self.name)

    @property
    def price(self) -> Decimal:
        return Decimal(self.cents) / 100

    @property
    def worth(self) -> int:
        return self.cents * self.quantity

    def __format__(self, spec: str) -> str:
        if spec == "row":
            return f"{self.name:<18}{self.price:>9,.2f}{self.quantity:>6d}{self.worth / 100:>12,.2f}"
        return format(self.name, spec)


@dataclass(frozen=True, kw_only=True)
class Discount:
    """A part of the price that is taken off for some tag."""

    tag: str
    part: Fraction

    DEFAULT: ClassVar[Fraction] = Fraction(1, 10)

    def apply(self, product: Product) -> Product:
        if self.tag not in product.tags:
            return product
        return replace(product, cents=round(product.cents * (1 - self.part)))


class Inventory:
    """All products, by name."""

    def __init__(self, products: list[Product] | None = None) -> None:
        self._products: dict[str, Product] = {}
        self.history: list[str] = []
        for product in products or ():
            self.add(product)

    def __len__(self) -> int:
        return len(self._products)

    def __iter__(self) -> Iterator[Product]:
        return iter(sorted(self._products.values()))

    def __contains__(self, name: object) -> bool:
        return name in self._products

    def __getitem__(self, name: str) -> Product:
        return self._products[name]

    def add(self, product: Product) -> None:
        if (known := self._products.get(product.name)) is not None:
            known.quantity += product.quantity
            self.history.append(f"+{product.quantity} {product.name}")
        else:
            self._products[product.name] = product
            self.history.append(f"new {product.name}")

    def take(self, name: str, quantity: int) -> int:
        """Removes items and returns what they cost."""
        product = self[name]
        if quantity > product.quantity:
            raise StockError(product, quantity)
        product.quantity -= quantity
        self.history.append(f"-{quantity} {name}")
        return product.cents * quantity

    def by_category(self) -> dict[str, list[Product]]:
        return {category: list(group) for category, group in groupby(self, key=attrgetter("category"))}


def report(inventory: Inventory) -> None:
    print(f"{'product':<18}{'price':>9}{'stock':>6}{'worth':>12}")
    print("=" * 45)
    for category, products in inventory.by_category().items():
        print(f"-- {category} ".ljust(45, "-"))
        for product in products:
            print(f"{product:row}")
    total = sum(product.worth for product in inventory)
    print(f"{len(inventory)} products, {total / 100:,.2f} in all\n")


def main() -> None:
    inventory = Inventory([
        Product("lamp", "house", 2499, 12, frozenset({"light", "sale"})),
        Product("chair", "house", 7950, 4, frozenset({"wood"})),
        Product("table", "house", 24900, 2, frozenset({"wood", "sale"})),
        Product("spade", "garden", 1875, 20),
        Product("hose", "garden", 3100, 7, frozenset({"sale"})),
        Product("teapot", "kitchen", 1599, 30),
    ])
    inventory.add(Product("spade", "garden", 1875, 5))
    report(inventory)

    orders = [("lamp", 2), ("chair", 5), ("sofa", 1), ("teapot", 30), ("hose", 7), ("hose", 1)]
    taken: Counter[str] = Counter()
    problems: defaultdict[str, list[str]] = defaultdict(list)
    for name, quantity in orders:
        try:
            cost = inventory.take(name, quantity)
        except StockError as error:
            problems["stock"].append(f"{error} ({error.missing} missing)")
        except KeyError as error:
            problems["unknown"].append(f"no product {error}")
        else:
            taken[name] += quantity
            print(f"sold {quantity:>2} {name:<8}{cost / 100:>10.2f}")
    for kind, messages in sorted(problems.items()):
        print(f"{kind}: {'; '.join(messages)}")
    print("most sold:", taken.most_common(2))

    sale = Discount(tag="sale", part=Fraction(1, 4))
    print("\nSale:", sale)
    for product in inventory:
        if (cheaper := sale.apply(product)) is not product:
            print(f"  {product.name}: {product.price} -> {cheaper.price}")
    print(asdict(inventory["table"])["name"], astuple(inventory["spade"])[1:5], Discount.DEFAULT)
    try:
        sale.part = Fraction(1, 2)
    except AttributeError as error:
        print(type(error).__name__, error)
    try:
        Product("debt", "house", -1)
    except ValueError as error:
        print("refused:", error)
    print(sorted(inventory, key=lambda product: (-product.worth, product.name))[0].name, "is worth most")
    print(*inventory.history[-4:], sep=", ")


if __name__ == "__main__":
    main()
