"""Keeps bank accounts in exact decimals: daily interest, transfers, currency rounding, and a long series.

Stresses small immutable numbers made by every operation, and the tuples and strings they turn into.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from random import Random

CENT = Decimal("0.01")


class Account:
    def __init__(self, opening: Decimal, rate: Decimal) -> None:
        self.balance = opening
        self.rate = rate
        self.entries: list[tuple[int, str, Decimal]] = [(0, "opening", opening)]

    def post(self, day: int, text: str, amount: Decimal) -> None:
        self.balance += amount
        self.entries.append((day, text, amount))

    def accrue(self, day: int) -> None:
        interest = (self.balance * self.rate / 365).quantize(CENT, rounding=ROUND_HALF_EVEN)
        if interest:
            self.post(day, "interest", interest)


def exponential(x: Decimal) -> Decimal:
    """The sum of the series 1 + x + x^2/2 + ... to the context's precision."""
    total, term, number = Decimal(1), Decimal(1), 0
    while total + term != total or number == 0:
        number += 1
        term = term * x / number
        total += term
    return total


def run(accounts: int = 300, days: int = 365) -> str:
    random = Random(19)
    with localcontext(Context(prec=28)):
        bank = [
            Account(Decimal(random.randrange(10**7)) / 100, Decimal(random.randrange(1, 50)) / 1000)
            for _ in range(accounts)
        ]
        for day in range(1, days + 1):
            for account in bank:
                account.accrue(day)
            for _ in range(accounts // 5):
                payer, payee = random.sample(bank, 2)
                amount = (payer.balance * Decimal(str(random.randrange(1, 300) / 1000))).quantize(CENT)
                payer.post(day, f"to {amount}", -amount)
                payee.post(day, f"from {amount}", amount)
        total = sum((account.balance for account in bank), Decimal(0))
        checked = sum(sum((entry[2] for entry in account.entries), Decimal(0)) == account.balance for account in bank)
    with localcontext(Context(prec=120)):
        product = Decimal(1)
        for number in range(1, 150):
            product *= exponential(Decimal(number) / 1000)
    return f"{total}:{checked}:{str(product)[:12]}{str(product)[-8:]}"


if __name__ == "__main__":
    print(run())
