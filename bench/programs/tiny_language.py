"""Tokenizes, parses and runs programs of a small Lisp-like language with closures and lists.

Stresses call frames, closures, chains of dicts, and exceptions: how an interpreter uses memory.
"""

from collections import ChainMap
from collections.abc import Callable, Iterator
from operator import add, lt, mul, sub

SOURCE = """
(let make-adder (fn (n) (fn (x) (+ x n))))
(let range (fn (a b) (if (< a b) (cons a (range (+ a 1) b)) nil)))
(let map (fn (f list) (if list (cons (f (head list)) (map f (tail list))) nil)))
(let fold (fn (f start list) (if list (fold f (f start (head list)) (tail list)) start)))
(let fibonacci (fn (n) (if (< n 2) n (+ (fibonacci (- n 1)) (fibonacci (- n 2))))))
(let row (map (make-adder ROUND) (range 0 18)))
(let table (map (fn (x) (map (fn (y) (make-adder (* x y))) row)) row))
(fibonacci 5)
(undefined ROUND)
"""

QUESTION = """
(let total (fn (row) (fold (fn (sum add) (+ sum (add 1))) 0 row)))
(fold (fn (sum row) (+ sum (total row))) 0 table)
"""

BUILTINS = {
    "+": add, "-": sub, "*": mul, "<": lt, "nil": None,
    "cons": lambda first, rest: (first, rest), "head": lambda pair: pair[0], "tail": lambda pair: pair[1],
}  # fmt: skip


def parse(tokens: Iterator[str]) -> list:
    """The expressions up to the closing bracket or the end."""
    expressions: list = []
    for token in tokens:
        if token == "(":
            expressions.append(parse(tokens))
        elif token == ")":
            break
        else:
            expressions.append(int(token) if token.isdecimal() else token)
    return expressions


def evaluate(expression: object, scope: ChainMap) -> object:
    match expression:
        case int():
            return expression
        case str():
            return scope[expression]
        case ["let", name, value]:
            scope[name] = evaluate(value, scope)
            return None
        case ["if", test, then, otherwise]:
            return evaluate(then if evaluate(test, scope) else otherwise, scope)
        case ["fn", names, body]:
            return closure(names, body, scope)
        case [function, *arguments]:
            return evaluate(function, scope)(*[evaluate(argument, scope) for argument in arguments])


def closure(names: list[str], body: object, scope: ChainMap) -> Callable:
    return lambda *values: evaluate(body, scope.new_child(dict(zip(names, values, strict=True))))


def answers(source: str, scope: ChainMap) -> Iterator[object]:
    for expression in parse(iter(source.replace("(", " ( ").replace(")", " ) ").split())):
        try:
            yield evaluate(expression, scope)
        except KeyError as error:
            yield len(str(error))


def run(sessions: int = 24) -> int:
    scopes = [ChainMap({}, BUILTINS) for _ in range(sessions)]
    checksum = 0
    for number, scope in enumerate(scopes):
        checksum += sum(value for value in answers(SOURCE.replace("ROUND", str(number)), scope) if value)
    return checksum + sum(value for scope in scopes for value in answers(QUESTION, scope) if value)


if __name__ == "__main__":
    print(run())
