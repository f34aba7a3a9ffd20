"""Works with long integers: the digits of pi one by one, prime tests and RSA, continued fractions, Fibonacci.

Stresses numbers of many lengths, from two to hundreds of machine words, each dropped by the next step.
"""

from collections.abc import Iterator
from itertools import islice
from math import gcd, isqrt
from random import Random


def pi_digits() -> Iterator[int]:
    """Decimal digits of pi from Gosper's series, kept exact as a product of integer maps."""
    q, r, t, i = 1, 180, 60, 2
    while True:
        u, y = 3 * (3 * i + 1) * (3 * i + 2), (q * (27 * i - 12) + 5 * r) // (5 * t)
        yield y
        q, r, t, i = 10 * q * i * (2 * i - 1), 10 * u * (q * (5 * i - 2) + r - y * t), t * u, i + 1


def is_prime(number: int, random: Random) -> bool:
    if number < 4 or number % 2 == 0:
        return number in (2, 3)
    odd = number - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    for _ in range(8):
        power = pow(random.randrange(2, number - 1), odd, number)
        squares = (power := power * power % number for _ in range(twos - 1))
        if power not in (1, number - 1) and number - 1 not in squares:
            return False
    return True


def next_prime(number: int, random: Random) -> int:
    return next(candidate for candidate in range(number | 1, 2 * number, 2) if is_prime(candidate, random))


def convergents(number: int, count: int) -> list[tuple[int, int]]:
    """The first fractions of the square root of a number that is not a square."""
    root = isqrt(number)
    m, d, a = 0, 1, root
    found = [(1, 0), (root, 1)]
    for _ in range(count):
        m = d * a - m
        d = (number - m * m) // d
        a = (root + m) // d
        found.append((a * found[-1][0] + found[-2][0], a * found[-1][1] + found[-2][1]))
    return found


def run(digits: int = 5_000) -> str:
    random = Random(29)
    pi = "".join(map(str, islice(pi_digits(), digits)))
    p, q = (next_prime(random.getrandbits(160) | 1 << 159, random) for _ in range(2))
    exponent = next(e for e in range(65537, 70000, 2) if gcd(e, (p - 1) * (q - 1)) == 1)
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    messages = [random.getrandbits(300) for _ in range(150)]
    correct = sum(pow(pow(message, exponent, p * q), secret, p * q) == message for message in messages)
    fractions = [fraction for number in (61, 94, 139, 211) for fraction in convergents(number, 4_000)]
    fibonacci = [0, 1]
    while len(fibonacci) < 12_000:
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    digest = sum(a * b for a, b in fractions[::3]) + sum(fibonacci) * p
    return f"{pi[-12:]}:{correct}:{digest % 1_000_000_007}:{fibonacci[-1].bit_length()}"


if __name__ == "__main__":
    print(run())
