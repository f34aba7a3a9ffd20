"""Generates modules of Python source, parses them, folds constants in the trees, and writes and compiles them.

Stresses the parser's arena, the syntax tree's objects and their attribute dicts, and code objects.
"""

import ast
from random import Random
from zlib import crc32

OPERATORS = ["+", "-", "*", "//", "%"]


def make_expression(random: Random, names: list[str], depth: int) -> str:
    if depth == 0:
        return random.choice([*names, str(random.randint(1, 99)), "3", "4"])
    left, right = (make_expression(random, names, random.randrange(depth)) for _ in range(2))
    return f"({left} {random.choice(OPERATORS)} {right})"


def make_function(random: Random, number: int) -> str:
    names = [f"a{index}" for index in range(random.randint(1, 4))]
    lines = [f"def function_{number}({', '.join(names)}):", f'    """Makes number {number}."""']
    for step in range(random.randint(3, 9)):
        value = make_expression(random, names, 4)
        names.append(f"t{step}")
        lines.append(f"    t{step} = {value} if {names[0]} > {step} else [x * {step} for x in range(6 * 7)]")
    return "\n".join([*lines, f"    return {{'all': ({', '.join(names)},), 'last': {names[-1]}}}"])


class Folder(ast.NodeTransformer):
    """Puts the result in place of arithmetic on two constants."""

    def __init__(self) -> None:
        self.folded = 0

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(
                ast.Constant(int(left)), ast.Add() | ast.Sub() | ast.Mult() as operator, ast.Constant(int(right))
            ):
                self.folded += 1
                results = {ast.Add: left + right, ast.Sub: left - right, ast.Mult: left * right}
                return ast.copy_location(ast.Constant(results[type(operator)]), node)
        return node


def run(modules: int = 2, functions: int = 70) -> str:
    random = Random(53)
    folder = Folder()
    nodes = variables = 0
    written = []
    for _ in range(modules):
        source = "\n\n".join(make_function(random, number) for number in range(functions))
        tree = folder.visit(ast.parse(source))
        nodes += sum(1 for _ in ast.walk(tree))
        written.append(ast.unparse(tree))
        namespace: dict = {}
        exec(compile(ast.fix_missing_locations(tree), "<made>", "exec"), namespace)
        variables += sum(len(namespace[f"function_{number}"].__code__.co_varnames) for number in range(functions))
    return f"{nodes}:{folder.folded}:{variables}:{crc32(''.join(written).encode()):08x}"


if __name__ == "__main__":
    print(run())
