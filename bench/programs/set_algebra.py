"""Plays the game of life on sets of cells, and answers tag queries by union, intersection and difference.

Stresses hash tables that grow and are dropped, with tuples, integers and frozen sets as their members.
"""

from collections import Counter
from itertools import pairwise
from random import Random

type Cell = tuple[int, int]

AROUND = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]


def next_generation(alive: set[Cell]) -> set[Cell]:
    neighbours = Counter((x + dx, y + dy) for x, y in alive for dx, dy in AROUND)
    return {cell for cell, count in neighbours.items() if count == 3 or (count == 2 and cell in alive)}


def make_photos(count: int, random: Random) -> dict[int, frozenset[str]]:
    tags = [f"tag{number}" for number in range(60)]
    return {number: frozenset(random.sample(tags, random.randint(1, 8))) for number in range(count)}


def invert(photos: dict[int, frozenset[str]]) -> dict[str, set[int]]:
    index: dict[str, set[int]] = {}
    for number, tags in photos.items():
        for tag in tags:
            index.setdefault(tag, set()).add(number)
    return index


def answer(index: dict[str, set[int]], wanted: str, either: list[str], without: str) -> set[int]:
    return (index[wanted] & set().union(*(index[tag] for tag in either))) - index[without]


def run(generations: int = 16, count: int = 20_000) -> str:
    random = Random(41)
    alive = {(random.randrange(150), random.randrange(150)) for _ in range(7_000)}
    history = [alive]
    for _ in range(generations):
        history.append(alive := next_generation(alive))
    ever, always = set().union(*history), set.intersection(*history)
    changed = sum(len(before ^ after) for before, after in pairwise(history))

    photos = make_photos(count, random)
    index = invert(photos)
    hits = 0
    for _ in range(120):
        wanted, without, *either = random.sample(sorted(index), 6)
        found = answer(index, wanted, either, without)
        hits += sum(len(photos[number] - {wanted, *either}) for number in found)
    kinds = {frozenset(tags & {"tag1", "tag2", "tag3", "tag4"}) for tags in photos.values()}
    return f"{len(alive)}:{len(ever)}:{len(always)}:{changed}:{hits}:{len(kinds)}"


if __name__ == "__main__":
    print(run())
