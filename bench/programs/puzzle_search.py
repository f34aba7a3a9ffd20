"""Solves sliding puzzles with an A* search over boards held as tuples.

Stresses large dicts and heaps of tuples that only grow until the answer is found, then all go at once.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from operator import getitem
from random import Random

type Board = tuple[int, ...]

WIDTH = 4
GOAL: Board = (*range(1, WIDTH * WIDTH), 0)


def moves(board: Board) -> Iterator[Board]:
    hole = board.index(0)
    row, column = divmod(hole, WIDTH)
    for other, allowed in (
        (hole - WIDTH, row > 0),
        (hole + WIDTH, row < WIDTH - 1),
        (hole - 1, column > 0),
        (hole + 1, column < WIDTH - 1),
    ):
        if allowed:
            tiles = list(board)
            tiles[hole], tiles[other] = tiles[other], 0
            yield tuple(tiles)


def steps_home(place: int, tile: int) -> int:
    home = tile - 1
    return abs(place // WIDTH - home // WIDTH) + abs(place % WIDTH - home % WIDTH) if tile else 0


STEPS_HOME = [[steps_home(place, tile) for tile in sorted(GOAL)] for place in range(len(GOAL))]


def distance(board: Board) -> int:
    """How far all tiles are from home, in steps: never more than the moves that are needed."""
    return sum(map(getitem, STEPS_HOME, board))


def shuffled(steps: int, random: Random) -> Board:
    board = previous = GOAL
    for _ in range(steps):
        board, previous = random.choice([other for other in moves(board) if other != previous]), board
    return board


def solve(start: Board) -> tuple[int, int]:
    """The length of the shortest solution and the number of boards that were seen."""
    origin: dict[Board, Board | None] = {start: None}
    cost = {start: 0}
    heap = [(distance(start), 0, start)]
    while heap:
        _, negative_steps, board = heappop(heap)
        if board == GOAL:
            break
        steps = 1 - negative_steps
        for following in moves(board):
            if steps < cost.get(following, 1_000):
                cost[following] = steps
                origin[following] = board
                heappush(heap, (steps + distance(following), -steps, following))
    length, board = 0, origin[GOAL]
    while board is not None:
        length, board = length + 1, origin[board]
    return length, len(cost)


def run(puzzles: int = 4, steps: int = 40) -> str:
    random = Random(5)
    answers = [solve(shuffled(steps, random)) for _ in range(puzzles)]
    return ",".join(f"{length}/{seen}" for length, seen in answers)


if __name__ == "__main__":
    print(run())
