"""Passes sensor samples through chained generators, and walks search trees with recursive generators.

Stresses frames that are suspended and resumed, the tuples passed between them, and generators that are closed early.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import batched, groupby, islice, pairwise
from operator import itemgetter
from random import Random


class Node:
    __slots__ = ("key", "left", "right")

    def __init__(self, key: int) -> None:
        self.key = key
        self.left: Node | None = None
        self.right: Node | None = None

    def insert(self, key: int) -> None:
        node = self
        while True:
            side = "left" if key < node.key else "right"
            child = getattr(node, side)
            if child is None:
                setattr(node, side, Node(key))
                return
            node = child

    def __iter__(self) -> Iterator[int]:
        if self.left:
            yield from self.left
        yield self.key
        if self.right:
            yield from self.right


def samples(count: int, random: Random) -> Iterator[tuple[int, str, int]]:
    for tick in range(count):
        yield tick, f"sensor-{random.randrange(8)}", random.randrange(100_000)


def smoothed(stream: Iterable[tuple[int, str, int]], width: int) -> Iterator[tuple[int, str, int]]:
    window: deque[int] = deque(maxlen=width)
    for tick, sensor, value in stream:
        window.append(value)
        yield tick, sensor, sum(window) // len(window)


def steps(stream: Iterable[tuple[int, str, int]], size: int) -> Iterator[tuple[str, list[int]]]:
    for chunk in batched(stream, size):
        for sensor, group in groupby(sorted(chunk, key=itemgetter(1)), key=itemgetter(1)):
            yield sensor, [value for _, _, value in group]


def run(count: int = 60_000, trees: int = 64) -> int:
    random = Random(17)
    checksum = 0
    for sensor, values in steps(smoothed(samples(count, random), 16), 200):
        checksum += len(sensor) + max(values) - min(values)
    forest = []
    for _ in range(trees):
        root = Node(1 << 19)
        for _ in range(1_200):
            root.insert(random.getrandbits(20))
        forest.append(root)
    for shorter, longer in pairwise(forest):
        rising = (a ^ b for a, b in zip(shorter, longer) if a < b)
        checksum += sum(islice(rising, 400)) + sum(1 for _ in longer)
    return checksum


if __name__ == "__main__":
    print(run())
