// Python code that finds the packages that a program imports: in the program's source before it runs, and when it
// imports them.

/**
 * package_imports(offered, get, folders, add_libraries) prepares Python for packages. `offered` has the names of modules
 * that can be had, one on each line; `folders` has the packages that are there already; `add_libraries` is called with each
 * folder that has modules in C. `get` takes triples: a module, what imports it, and True; or a requirement, who asks for
 * it, and False. It returns pairs: a folder and ""; or a module or requirement, and why it can't be had. package_imports
 * returns functions: look(kind, target) reads the program and the modules beside it, and gets the packages that they
 * import; install(requirements) gets packages, or raises ValueError; loaded() returns the folders of all packages; end()
 * ends the search for packages, drops `get` and `add_libraries`, and makes Python forget that micropip was imported.
 */
export const PACKAGE_IMPORTS = `
import re

# A module's file says what machine it is for: name.cpython-314-wasm32-emscripten.so.
TAGGED = re.compile(r"[^.]+\\.[^.]+\\.(so|pyd)$")
# Tracebacks of failed imports omit frames of the import system, which are recognized by this file name.
FIND_SPEC = compile("""
def find_spec(name, path=None, target=None):
    if name not in offered and name not in foreign and name not in failures:
        return None
    spec = find(name)
    if spec is None and name in failures:
        error = ModuleNotFoundError(f"No module named {name!r}", name=name)
        error.add_note(failures[name])
        raise error
    return spec
""", "<frozen importlib._bootstrap>", "exec")

def package_imports(offered, get, folders, add_libraries):
    import ast, importlib.machinery, os, site, sys

    # micropip is here already.
    offered = set(offered.split("\\n")) - sys.stdlib_module_names - {"micropip"}
    failures = {}
    path_finder = importlib.machinery.PathFinder
    ours = tuple(suffix for suffix in importlib.machinery.EXTENSION_SUFFIXES if suffix != ".so")
    loaded = []
    sources = [get]
    del get
    join, is_file = os.path.join, os.path.isfile

    def add(folder):
        site.addsitedir(folder)
        loaded.append(folder)
        if add_libraries and any(name.endswith(".so") for name in os.listdir(folder)):
            add_libraries(folder)

    def get_each(wanted):
        return sources[0](wanted) if sources else [(what, "packages are loaded when a program begins") for what, *_ in wanted]

    def fetch(pairs):
        "Gets modules, each once."
        offered.difference_update(module for module, _ in pairs)
        for place, failure in get_each([(*pair, True) for pair in pairs]):
            if failure:
                failures[place] = failure
            else:
                add(place)
        sys.path_importer_cache.clear()

    tagged = TAGGED.match

    def install(requirements):
        reasons = []
        for place, failure in get_each([(each, "micropip.install asks for", False) for each in requirements]):
            if failure:
                reasons.append(failure)
            else:
                add(place)
        sys.path_importer_cache.clear()
        if reasons:
            raise ValueError("\\n".join(reasons))

    def is_foreign(spec):
        "Whether a package has modules in C that can't run here, for example because it was installed for the machine's own Python."
        for folder in spec.submodule_search_locations or ():
            for _, _, files in os.walk(folder):
                if any(tagged(name) and not name.endswith(ours) for name in files):
                    return True
        return False

    def is_there(name):
        try:
            spec = path_finder.find_spec(name)
            # A folder without __init__.py does not count: an offered package takes precedence.
            return spec is not None and spec.origin is not None and not is_foreign(spec)
        except Exception:
            return False

    foreign = set()

    def find(name):
        "The spec of a module. Gets its package first, if that was not loaded and no path has the module in a form that can run."
        if name in offered and not is_there(name):
            if path_finder.find_spec(name) is not None:
                foreign.add(name)
            fetch([(name, "the program imports")])
        # A package that has parts for another machine may work without them.
        return name in foreign and path_finder.find_spec(name, loaded) or path_finder.find_spec(name)

    class PackageFinder:
        pass

    space = {"find": find, "offered": offered, "foreign": foreign, "failures": failures}
    exec(FIND_SPEC, space)
    PackageFinder.find_spec = staticmethod(space["find_spec"])
    for folder in folders:
        add(folder)
    # In front of the path's own finder, which would also find modules that can't run.
    sys.meta_path.insert(sys.meta_path.index(path_finder) if path_finder in sys.meta_path else 0, PackageFinder)

    def is_typing(test):
        return getattr(test, "attr", getattr(test, "id", None)) == "TYPE_CHECKING"

    def imports(node):
        "The imports in a tree: level, name and line. The name is that of a module, or of something in a module."
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            base = f"{node.module}." if node.module else ""
            for alias in node.names:
                yield node.level, base + alias.name, node.lineno
        else:
            children = ast.iter_child_nodes(node)
            if isinstance(node, ast.If) and is_typing(node.test):
                children = node.orelse
            for child in children:
                if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                    yield from imports(child)

    def beside(folder, name):
        "Files of a module and of the packages that it is in, as far as they are in a folder."
        for part in name.split("."):
            folder = join(folder, part)
            for file in f"{folder}.py", join(folder, "__init__.py"):
                if is_file(file):
                    yield file

    def program(kind, target):
        "The program's source, what it is called, and the folder of modules beside it."
        if kind == "code":
            return target.encode("utf-8", "surrogatepass"), "<string>", os.getcwd()
        if kind == "module":
            home = os.getcwd()
            file = join(home, *target.split("."))
            files = f"{file}.py", join(file, "__main__.py")
        else:
            files = target, join(target, "__main__.py")
            home = target if os.path.isdir(target) else os.path.dirname(os.path.realpath(target))
        for file in files:
            if is_file(file):
                return read(file), file, home
        return b"", target, home

    def read(file):
        try:
            with open(file, "rb") as source:
                return source.read()
        except OSError:
            return b""

    def look(kind, target):
        source, label, home = program(kind, target)
        waiting, seen, wanted = [(source, label, home)], {label}, {}
        while waiting:
            source, label, folder = waiting.pop()
            try:
                tree = ast.parse(source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for level, name, line in imports(tree):
                base = home
                if level > 0:
                    base = folder
                    for _ in range(level - 1):
                        base = os.path.dirname(base)
                files = list(beside(base, name))
                for file in files:
                    if file not in seen:
                        seen.add(file)
                        waiting.append((read(file), file, os.path.dirname(file)))
                if level > 0 or files:
                    continue
                parts = name.split(".")
                for k in range(len(parts)):
                    module = ".".join(parts[: k + 1])
                    if module in offered and module not in wanted and (k > 0 or not is_there(module)):
                        if k == 0 and path_finder.find_spec(module) is not None:
                            foreign.add(module)
                        where = label if label == "<string>" else os.path.relpath(label)
                        wanted[module] = f"{where}:{line} imports"
        if wanted:
            fetch(list(wanted.items()))

    def end():
        nonlocal add_libraries
        sources.clear()
        add_libraries = None
        sys.meta_path.remove(PackageFinder)
        sys.modules.pop("micropip", None)

    return look, install, lambda: loaded, end`;
