"""Builds and walks complete binary trees of tuples, one kept for the whole run and many dropped at once.

Stresses the making and freeing of a great many tiny objects of one size.
"""

type Tree = tuple[Tree, Tree] | None


def grow(depth: int) -> Tree:
    if depth == 0:
        return None
    return grow(depth - 1), grow(depth - 1)


def count_nodes(tree: Tree) -> int:
    if tree is None:
        return 0
    left, right = tree
    return 1 + count_nodes(left) + count_nodes(right)


def mirror(tree: Tree) -> Tree:
    if tree is None:
        return None
    left, right = tree
    return mirror(right), mirror(left)


def run(max_depth: int = 18) -> int:
    long_lived = mirror(grow(max_depth))
    total = 0
    for depth in range(6, max_depth, 4):
        trees = 1 << (max_depth - depth)
        for _ in range(trees):
            total += count_nodes(grow(depth))
    return total * 31 + count_nodes(long_lived)


if __name__ == "__main__":
    print(run())
