"""Sorts people in many ways: by keys, by a comparison of its own, in two passes, by merging sorted runs, and by insertion.

Stresses the keys (tuples, strings, lists) that a sort makes and drops, the arrays that hold them, and the sorted lists.
"""

from bisect import insort
from functools import cmp_to_key
from heapq import merge, nlargest
from operator import attrgetter
from random import Random
from typing import NamedTuple
from zlib import crc32


class Person(NamedTuple):
    family: str
    given: str
    born: int
    height: float
    number: str


def make_people(count: int, random: Random) -> list[Person]:
    letters = "aeioubcdlmnrst"
    names = ["".join(random.choices(letters, k=random.randint(3, 9))).capitalize() for _ in range(500)]
    return [
        Person(
            random.choice(names),
            random.choice(names),
            random.randint(1930, 2015),
            random.uniform(1.4, 2.1),
            f"{random.choice('ABC')}{random.randrange(9_999)}.{number}",
        )
        for number in range(count)
    ]


def natural(text: str) -> list[int | str]:
    """The key that puts A9.2 before A10.1."""
    left, right = text[1:].split(".")
    return [text[0], int(left), int(right)]


def by_age(first: Person, second: Person) -> int:
    return first.born - second.born or (first.number > second.number) - (first.number < second.number)


def run(count: int = 30_000) -> str:
    people = make_people(count, Random(23))
    orders = [
        sorted(people),
        sorted(people, key=lambda person: (person.family.lower()[::-1], -person.born)),
        sorted(people, key=lambda person: natural(person.number)),
        sorted(people[: count // 2], key=cmp_to_key(by_age)),
        sorted(sorted(people, key=attrgetter("height")), key=attrgetter("given"), reverse=True),
    ]
    runs = [sorted(people[start::8], key=attrgetter("born", "number")) for start in range(8)]
    orders.append(list(merge(*runs, key=attrgetter("born", "number"))))
    shelf: list[tuple[str, int]] = []
    for person in people[::4]:
        insort(shelf, (person.given, person.born))
    tallest = nlargest(50, people, key=attrgetter("height"))
    marks = [order[len(order) // 3].number for order in orders] + [tallest[-1].number, shelf[len(shelf) // 2][0]]
    everything = "".join(person.number for order in orders for person in order)
    return f"{'/'.join(marks)}:{crc32(everything.encode()):08x}"


if __name__ == "__main__":
    print(run())
