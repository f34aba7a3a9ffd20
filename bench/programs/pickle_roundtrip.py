"""Sends the state of a small zoo of classes through pickle and back, in several protocols.

Stresses object creation by the unpickler, its memo of shared references, and large byte strings.
"""

import pickle
from datetime import date, timedelta
from fractions import Fraction
from random import Random


class Keeper:
    def __init__(self, name: str, hired: date) -> None:
        self.name = name
        self.hired = hired
        self.animals: list[Animal] = []


class Animal:
    def __init__(self, name: str, keeper: Keeper, weights: list[tuple[date, float]]) -> None:
        self.name = name
        self.keeper = keeper
        self.weights = weights
        self.ration = Fraction(len(weights), 7)
        self.tags = {"species": name.split("-")[0], "count": len(weights)}
        keeper.animals.append(self)

    def __reduce__(self):
        return restore_animal, (self.name,), self.__dict__


def restore_animal(name: str) -> Animal:
    animal = Animal.__new__(Animal)
    animal.name = name
    return animal


def make_zoo(animals: int, random: Random) -> list[Keeper]:
    start = date(2020, 1, 1)
    keepers = [Keeper(f"keeper {n}", start + timedelta(days=n)) for n in range(animals // 20)]
    for number in range(animals):
        species = random.choice(("heron", "lynx", "otter", "tapir"))
        days = sorted(random.sample(range(1_000), random.randint(2, 9)))
        weights = [(start + timedelta(days=day), random.uniform(5, 90)) for day in days]
        Animal(f"{species}-{number}", random.choice(keepers), weights)
    return keepers


def run(animals: int = 2_600) -> str:
    zoo = make_zoo(animals, Random(11))
    size = 0
    for protocol in (2, 4, 5):
        zoo = pickle.loads(pickle.dumps(zoo, protocol))
        for keeper in zoo:
            parts = [pickle.dumps((animal.name, animal.weights, animal.ration), protocol) for animal in keeper.animals]
            for animal, part in zip(keeper.animals, parts):
                _, animal.weights, animal.ration = pickle.loads(part)
                size += len(part)
    heaviest = max(weight for keeper in zoo for animal in keeper.animals for _, weight in animal.weights)
    shared = sum(animal.keeper is keeper for keeper in zoo for animal in keeper.animals)
    return f"{size}:{shared}:{heaviest:.6f}"


if __name__ == "__main__":
    print(run())
