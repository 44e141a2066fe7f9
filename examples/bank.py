"""A small bank: context managers, enums, caching, decorators, abstract classes and exception groups."""

import enum
import functools
import logging
import sys
from abc import ABC, abstractmethod
from contextlib import ExitStack, contextmanager, suppress
from typing import NamedTuple, Protocol, runtime_checkable

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)-7s %(name)s: %(message)s")
log = logging.getLogger("bank")


class Kind(enum.StrEnum):
    DEPOSIT = enum.auto()
    WITHDRAWAL = enum.auto()
    TRANSFER = enum.auto()
    INTEREST = enum.auto()


class Entry(NamedTuple):
    kind: Kind
    amount: int
    note: str = ""

    def __str__(self):
        return f"{self.kind:<10} {self.amount:>8,d} {self.note}".rstrip()


class BankError(Exception):
    pass


class InsufficientFunds(BankError):
    def __init__(self, account, amount):
        super().__init__(f"{account.owner} has {account.balance}, needs {amount}")
        self.add_note(f"short by {amount - account.balance}")


def positive(function):
    """Refuses amounts that are not positive."""

    @functools.wraps(function)
    def checked(self, amount, *args, **kwargs):
        if amount <= 0:
            raise BankError(f"{function.__name__}: amount must be positive, not {amount}")
        return function(self, amount, *args, **kwargs)

    return checked


@runtime_checkable
class HasBalance(Protocol):
    balance: int


class Account(ABC):
    """What all accounts share; a subclass says what it pays."""

    opened = 0

    def __init_subclass__(cls, /, code, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.code = code

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.entries = []
        type(self).opened += 1
        self.number = f"{self.code}-{type(self).opened:03}"

    @abstractmethod
    def interest(self):
        """This year's interest."""

    @positive
    def deposit(self, amount, note="", *, kind=Kind.DEPOSIT):
        self.balance += amount
        self.entries.append(Entry(kind, amount, note))

    @positive
    def withdraw(self, amount, note="", *, kind=Kind.WITHDRAWAL):
        if amount > self.available:
            raise InsufficientFunds(self, amount)
        self.balance -= amount
        self.entries.append(Entry(kind, -amount, note))

    @property
    def available(self):
        return self.balance

    def __repr__(self):
        return f"{type(self).__name__}({self.number}, {self.owner}, {self.balance})"


class Savings(Account, code="SAV"):
    def interest(self):
        return self.balance * rate(self.balance) // 1000


class Checking(Account, code="CHK"):
    limit = 500

    def interest(self):
        return 0

    @property
    def available(self):
        return super().available + self.limit


@functools.lru_cache(maxsize=8)
def rate(balance):
    log.debug("computing a rate")
    return next(rate for floor, rate in ((10_000, 30), (1_000, 20), (0, 10)) if balance >= floor)


class Bank:
    def __init__(self):
        self.accounts = {}

    def open(self, account):
        self.accounts[account.number] = account
        return account

    @contextmanager
    def transaction(self, *accounts):
        """All or nothing: on an error the accounts are what they were."""
        saved = [(account, account.balance, len(account.entries)) for account in accounts]
        try:
            yield self
        except BankError as error:
            for account, balance, length in saved:
                account.balance = balance
                del account.entries[length:]
            log.warning("rolled back: %s", error)
            raise
        else:
            log.info("committed for %s", ", ".join(account.owner for account in accounts))

    def transfer(self, source, target, amount):
        with self.transaction(source, target):
            target.deposit(amount, f"from {source.owner}", kind=Kind.TRANSFER)
            source.withdraw(amount, f"to {target.owner}", kind=Kind.TRANSFER)

    def settle(self, orders):
        """Carries out all orders and raises what went wrong together."""
        errors = []
        for order in orders:
            try:
                self.transfer(*order)
            except BankError as error:
                errors.append(error)
        if errors:
            raise ExceptionGroup("some orders failed", errors)

    def year_end(self):
        for account in self.accounts.values():
            with suppress(BankError):
                account.deposit(account.interest(), kind=Kind.INTEREST)


def main():
    bank = Bank()
    ann = bank.open(Savings("Ann", 12_000))
    bob = bank.open(Checking("Bob"))
    cat = bank.open(Savings("Cat", 900))
    try:
        Account("nobody")
    except TypeError as error:
        print("TypeError:", error)
    bank.transfer(ann, bob, 2_500)
    try:
        bank.settle([(bob, cat, 2_900), (cat, ann, 99_999), (cat, bob, -5), (ann, cat, 1)])
    except* InsufficientFunds as group:
        for error in group.exceptions:
            print("short:", error, error.__notes__)
    except* BankError as group:
        print("other:", [str(error) for error in group.exceptions])
    bank.year_end()
    for account in bank.accounts.values():
        print(account)
        for entry in account.entries:
            print("   ", entry)
    print(rate.cache_info(), rate.__wrapped__.__name__)
    print(isinstance(ann, HasBalance), isinstance(bank, HasBalance), Account.deposit.__name__, Kind("transfer") is Kind.TRANSFER)
    with ExitStack() as stack:
        for account in (ann, bob):
            stack.callback(print, "closing", account.number)
        print("total:", sum(account.balance for account in bank.accounts.values()))


if __name__ == "__main__":
    main()
