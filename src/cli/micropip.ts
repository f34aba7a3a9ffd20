// The Python module micropip, for programs that install packages while they run. It gets packages in the same way as
// imports do (package-imports.ts). Pyodide's micropip waits for JavaScript promises, and not every engine lets Python do that.

/** add_micropip(install) adds the module. `install` gets packages and all that they need, or raises ValueError. */
export const MICROPIP = `
def add_micropip(install):
    import sys

    micropip = type(sys)("micropip", "Installs packages from Pyodide's lock file, an index, or a wheel's URL.")

    async def install_all(requirements, keep_going=False, deps=True, credentials=None, pre=False, *, index_urls=None, constraints=None,
                          reinstall=False, verbose=None):
        "Gets packages, given by name and version or by the URL of a wheel, and all that they need. Options that would change this are refused."
        asked = [requirements] if isinstance(requirements, str) else list(requirements)
        others = {"deps": deps is not True, "credentials": credentials, "pre": pre, "index_urls": index_urls, "constraints": constraints}
        for name, is_set in others.items():
            if is_set:
                raise NotImplementedError(f"micropip.install: {name} is not available under pyheap run; pyheap run --help has its options")
        install(asked)

    def packages():
        "Names and versions of the packages that are there."
        import importlib.metadata
        return {found.name: found.version for found in importlib.metadata.distributions()}

    micropip.install, micropip.list = install_all, packages
    install_all.__name__ = install_all.__qualname__ = "install"
    packages.__name__ = packages.__qualname__ = "list"
    sys.modules["micropip"] = micropip`;
