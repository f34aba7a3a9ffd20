// In Python, once it has started: its environment and paths become those of the machine.

/**
 * outside(environment, prefix, sites, zone): the program sees these variables and no others; `prefix` is the folder of a virtual environment, or "", and `sites` has
 * folders of packages; `zone` has two names, or none. The module search path gets PYTHONPATH in front, as when Python starts. Answers
 * add_libraries(folder), after which libraries are looked for in a folder.
 */
export const OUTSIDE = `
def outside(environment, prefix, sites, zone):
    import os, site, sys, time

    # Only the C library needs to know where the libraries are that modules in C are linked to.
    libraries, putenv = os.environ.get("LD_LIBRARY_PATH", "").split(":"), os.putenv
    os.environ.clear()
    os.environ.update(environment)

    def add_libraries(folder):
        libraries.append(folder)
        putenv("LD_LIBRARY_PATH", ":".join(filter(None, libraries)))

    putenv("LD_LIBRARY_PATH", ":".join(libraries))

    first = []
    if environment.get("PYTHONPATH"):
        first = [os.path.abspath(path) for path in environment["PYTHONPATH"].split(os.pathsep)]
    # Pyodide puts the current folder there, which only -c and -m do: they will.
    first.append("")
    sys.path[:] = [*filter(None, dict.fromkeys(first)), *(path for path in sys.path if path not in first)]

    if prefix:
        sys.prefix = sys.exec_prefix = prefix
    for folder in sites:
        site.addsitedir(folder)
    if zone:
        time.tzname = tuple(zone)
    return add_libraries`;
