"""Linear algebra and image work on lists of lists: products, elimination with fractions, blur, transpose.

Stresses comprehensions that make long rows of numbers, and the floats, integers and fractions within.
"""

from fractions import Fraction
from itertools import pairwise
from random import Random

type Matrix = list[list]


def transpose(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix)]


def product(left: Matrix, right: Matrix) -> Matrix:
    columns = transpose(right)
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in left]


def determinant(matrix: Matrix) -> Fraction:
    rows = [[Fraction(value) for value in row] for row in matrix]
    result = Fraction(1)
    while rows:
        pivot = next((row for row in rows if row[0]), None)
        if pivot is None:
            return Fraction(0)
        position = rows.index(pivot)
        result *= pivot[0] * (-1) ** position
        del rows[position]
        rows = [[b - a * row[0] / pivot[0] for a, b in zip(pivot[1:], row[1:])] for row in rows]
    return result


def blur(image: Matrix) -> Matrix:
    padded = [row[:1] + row + row[-1:] for row in image[:1] + image + image[-1:]]
    across = [[(a + 2.0 * b + c) / 4.0 for a, b, c in zip(row, row[1:], row[2:])] for row in padded]
    return [[(a + 2.0 * b + c) / 4.0 for a, b, c in zip(*rows)] for rows in zip(across, across[1:], across[2:])]


def run(size: int = 90, width: int = 512, height: int = 384) -> str:
    random = Random(37)
    left = [[random.randint(-99, 99) / 8 for _ in range(size)] for _ in range(size)]
    right = [[random.randint(-99, 99) / 4 for _ in range(size)] for _ in range(size)]
    trace = sum(row[i] for i, row in enumerate(product(left, transpose(right))))
    exact = determinant([[random.randint(-9, 9) for _ in range(18)] for _ in range(18)])
    image = [[random.random() * 255 for _ in range(width)] for _ in range(height)]
    for _ in range(3):
        image = transpose(blur(image))
    edges = [[abs(a - b) for a, b in pairwise(row)] for row in image]
    levels = [[int(value) >> 4 for value in row] for row in edges]
    dark = sum(row.count(0) for row in levels)
    return f"{trace:.3f}:{exact}:{dark}:{sum(map(sum, image)):.3f}"


if __name__ == "__main__":
    print(run())
