"""Moves a cloth of particles under springs and gravity. Every operation on vectors of three floats makes a new vector.

Stresses short-lived slotted objects and the floats inside them, as physics and graphics code makes them.
"""

from itertools import pairwise
from math import sqrt
from typing import Self


class Vector:
    __slots__ = ("x", "y", "z")

    def __init__(self, x: float, y: float, z: float) -> None:
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other: Self) -> Vector:
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other: Self) -> Vector:
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor: float) -> Vector:
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    def length(self) -> float:
        return sqrt(self.x * self.x + self.y * self.y + self.z * self.z)


class Particle:
    __slots__ = ("pinned", "position", "previous")

    def __init__(self, position: Vector, pinned: bool) -> None:
        self.position = position
        self.previous = position
        self.pinned = pinned

    def advance(self, pull: Vector) -> None:
        if not self.pinned:
            position = self.position
            self.position = position + (position - self.previous) * 0.99 + pull
            self.previous = position


def relax(first: Particle, second: Particle, rest: float) -> None:
    """Brings a spring closer to its rest length: each end that is not pinned moves by half of the difference."""
    gap = second.position - first.position
    shift = gap * (0.5 * (1.0 - rest / gap.length()))
    if not first.pinned:
        first.position = first.position + shift
    if not second.pinned:
        second.position = second.position - shift


def run(columns: int = 120, rows: int = 150, steps: int = 4) -> int:
    cloth = [[Particle(Vector(x * 1.0, 0.0, y * 1.0), y == 0) for x in range(columns)] for y in range(rows)]
    particles = [particle for row in cloth for particle in row]
    springs = [pair for row in cloth for pair in pairwise(row)]
    springs += [pair for upper, lower in pairwise(cloth) for pair in zip(upper, lower)]
    gravity = Vector(0.0, -0.02, 0.003)
    for _ in range(steps):
        for particle in particles:
            particle.advance(gravity)
        for first, second in springs:
            relax(first, second, 1.0)
    return round(sum(particle.position.length() for particle in particles) * 1000)


if __name__ == "__main__":
    print(run())
