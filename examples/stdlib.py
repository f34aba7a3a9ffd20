"""Shows what Python's own standard library is made of: parses every module and reports on all the functions.

Run it with any Python from 3.12 on, `python examples/stdlib.py`, or as WebAssembly in Node, with Pyodide:

    const python = await loadPyodide();
    python.runPython(readFileSync("examples/stdlib.py", "utf8"));
"""

import ast
import os
import platform
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import Path as ZipPath
from zipfile import is_zipfile

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BLOCKS = frozenset((*DEFINITIONS, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith))
BLOCKS |= {ast.Try, ast.TryStar, ast.Match}
CHOICES = frozenset((ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.comprehension))
CHOICES |= {ast.match_case}
SKIPPED = {"__pycache__", "test", "tests", "idle_test"}
BANDS = {"1": 1, "2 to 5": 5, "6 to 10": 10, "11 to 20": 20, "more": sys.maxsize}


@dataclass(slots=True)
class Scope:
    """A function, a class, or the top level of a module, without the scopes inside it."""

    kind: str
    name: str
    line: int
    lines: int
    paths: int = 1  # cyclomatic complexity: the choices in it, and one
    nesting: int = 0
    calls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Module:
    name: str
    lines: int
    nodes: int = 0
    scopes: list[Scope] = field(default_factory=list)
    imports: set[str] = field(default_factory=set)


def package_of(name: str) -> str:
    return name.partition(".")[0]


def find_files(folder: Path | ZipPath, package: str = "") -> Iterator[tuple[str, Path | ZipPath]]:
    """Every file of Python below a folder, with the name to import it by."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name.isidentifier() and entry.name not in SKIPPED:
                yield from find_files(entry, f"{package}{entry.name}.")
        elif entry.suffix in (".py", ".pyc"):
            yield f"{package}{entry.stem}".removesuffix(".__init__"), entry


def read_module(name: str, source: bytes) -> Module:
    module = Module(name, source.count(b"\n"))
    top = Scope("module", name, 1, module.lines)
    module.scopes.append(top)
    waiting: list[tuple[ast.AST, Scope, int]] = [(ast.parse(source), top, 0)]
    while waiting:
        node, scope, depth = waiting.pop()
        kind = type(node)
        module.nodes += 1
        if kind in CHOICES:
            scope.paths += 1
        if kind in BLOCKS:
            depth += 1
            scope.nesting = max(scope.nesting, depth)
        if isinstance(node, DEFINITIONS):
            size = node.end_lineno - node.lineno + 1
            what = "class" if kind is ast.ClassDef else "function"
            scope = Scope(what, f"{scope.name}.{node.name}", node.lineno, size)
            module.scopes.append(scope)
        elif kind is ast.Call:
            if isinstance(node.func, ast.Name):
                scope.calls.append(node.func.id)
            elif isinstance(node.func, ast.Attribute):
                scope.calls.append(f".{node.func.attr}")
        elif kind is ast.BoolOp:
            scope.paths += len(node.values) - 1
        elif kind is ast.Import:
            module.imports.update(package_of(alias.name) for alias in node.names)
        elif kind is ast.ImportFrom and node.level == 0:
            module.imports.add(package_of(node.module))
        for child in ast.iter_child_nodes(node):
            is_elif = kind is ast.If and type(child) is ast.If and child.col_offset == node.col_offset
            waiting.append((child, scope, depth - is_elif))
    return module


def ranking(title: str, unit: str, width: int, items: list[tuple[str, int]]) -> list[str]:
    """Lines of one width: a heading, then names to the left and figures to the right."""
    rows = [f"{title:<{width - len(unit)}}{unit}"]
    for name, figure in items:
        room = width - 9
        shown = name if len(name) <= room else f"…{name[1 - room :]}"
        rows.append(f"  {shown:<{room}}{figure:>7,}")
    return rows


def beside(*columns: list[str]) -> str:
    return "\n".join("   ".join(row) for row in zip(*columns))


def top(figures: Counter[str], count: int) -> list[tuple[str, int]]:
    return sorted(figures.items(), key=lambda item: (-item[1], item[0]))[:count]


def report(modules: dict[str, Module]) -> str:
    scopes = [scope for module in modules.values() for scope in module.scopes]
    functions = [scope for scope in scopes if scope.kind == "function"]
    lines, nodes = (sum(figures) for figures in zip(*((module.lines, module.nodes) for module in modules.values())))
    longest = Counter({f"{function.name}:{function.line}": function.lines for function in functions})
    winding = Counter({f"{function.name}:{function.line}": function.paths for function in functions})
    called = Counter(call for scope in scopes for call in scope.calls)
    imported = Counter(name for module in modules.values() for name in module.imports)
    packages = Counter()
    for module in modules.values():
        packages[package_of(module.name)] += module.lines
    deepest = max(scopes, key=lambda scope: scope.nesting)
    bands = Counter(next(band for band, most in BANDS.items() if scope.paths <= most) for scope in functions)
    shares = [f"{band}: {bands[band] / len(functions):.1%}" for band in BANDS]
    return "\n".join(
        (
            f"{len(modules):,} modules, {lines:,} lines, {len(functions):,} functions, "
            f"{sum(scope.kind == 'class' for scope in scopes):,} classes, {nodes:,} syntax nodes",
            "",
            beside(
                ranking("Longest functions", "lines", 43, top(longest, 10)),
                ranking("Most complex functions", "paths", 43, top(winding, 10)),
            ),
            "",
            beside(
                ranking("Most called", "times", 27, top(called, 7)),
                ranking("Most imported", "by", 28, top(imported, 7)),
                ranking("Largest packages", "lines", 28, top(packages, 7)),
            ),
            "",
            f"Paths in a function  {'  '.join(shares)}",
            f"Deepest nesting      {deepest.nesting} levels, in {deepest.name}, line {deepest.line}",
        )
    )


def main() -> None:
    home = Path(os.__file__).parent
    files = list(find_files(ZipPath(home) if is_zipfile(home) else home))
    sources = {name: file for name, file in files if file.suffix == ".py"}
    compiled = [name for name, _ in files if name not in sources]
    modules: dict[str, Module] = {}
    failed = []
    with warnings.catch_warnings(action="ignore"):
        for name, file in sources.items():
            try:
                modules[name] = read_module(name, file.read_bytes())
            except (SyntaxError, ValueError):
                failed.append(name)
    print(f"The standard library of Python {platform.python_version()} in {home}")
    if modules:
        print(report(modules))
    for title, names in (("Not parsed", failed), ("Shipped only as .pyc", compiled)):
        print(f"{title:<20} {len(names)}{': ' if names else ''}{', '.join(names[:3])}{', …' if len(names) > 3 else ''}")


if __name__ == "__main__":
    main()
