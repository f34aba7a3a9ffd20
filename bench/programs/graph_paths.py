"""Builds a road map of linked dataclass objects and finds ways through it, by breadth and by least cost.

Stresses objects with dicts that refer to one another in cycles, heaps of tuples, and the cycle collector.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from random import Random


@dataclass
class Town:
    number: int
    name: str
    roads: list[Road] = field(default_factory=list, repr=False)


@dataclass
class Road:
    start: Town
    end: Town
    miles: int
    toll: bool = False


@dataclass(frozen=True, order=True)
class Visit:
    cost: int
    town: int
    path: tuple[int, ...] = field(compare=False)


def make_map(towns: int, random: Random) -> list[Town]:
    country = [Town(number, f"town-{number}") for number in range(towns)]
    for town in country:
        for _ in range(3):
            other = country[(town.number + random.randint(1, towns // 20)) % towns]
            road = Road(town, other, miles=random.randint(1, 60), toll=random.random() < 0.2)
            town.roads.append(road)
            other.roads.append(replace(road, start=other, end=town))
    return country


def hops(start: Town) -> dict[int, int]:
    distance = {start.number: 0}
    waiting = deque([start])
    while waiting:
        town = waiting.popleft()
        for road in town.roads:
            if road.end.number not in distance:
                distance[road.end.number] = distance[town.number] + 1
                waiting.append(road.end)
    return distance


def cheapest(country: list[Town], start: int, goal: int) -> Visit | None:
    heap = [Visit(0, start, (start,))]
    done = set()
    while heap:
        visit = heappop(heap)
        if visit.town == goal:
            return visit
        if visit.town not in done:
            done.add(visit.town)
            for road in country[visit.town].roads:
                cost = visit.cost + road.miles + 25 * road.toll
                heappush(heap, Visit(cost, road.end.number, (*visit.path, road.end.number)))
    return None


def run(towns: int = 4_500) -> int:
    random = Random(31)
    checksum = 0
    for _ in range(2):
        country = make_map(towns, random)
        checksum += sum(sum(hops(random.choice(country)).values()) for _ in range(4))
        for _ in range(3):
            visit = cheapest(country, *random.sample(range(towns), 2))
            checksum += visit.cost * len(visit.path) if visit else 1
    return checksum


if __name__ == "__main__":
    print(run())
