// Gives Python, after its start, the machine's environment variables, module search path and time zone.

/**
 * Defines library_folders(), and outside(environment, prefix, sites, zone), after which the program sees the variables in `environment`,
 * and no others. `prefix` is the folder of a virtual environment, or ""; `sites` has folders of packages; `zone` has the two names of a
 * time zone, or none. PYTHONPATH comes first in the module search path, as when Python starts. outside returns add_libraries(folder),
 * which adds a folder in which libraries are looked for.
 */
export const OUTSIDE = `
def library_folders():
    "Returns a function that adds a folder in which libraries are looked for. Only the C library needs the list, so os.environ does not show it."
    import os
    libraries, putenv = os.environ.get("LD_LIBRARY_PATH", "").split(":"), os.putenv

    def add_libraries(folder=""):
        libraries.append(folder)
        putenv("LD_LIBRARY_PATH", ":".join(filter(None, libraries)))
    return add_libraries

def outside(environment, prefix, sites, zone):
    import os, site, sys, time

    add_libraries = library_folders()
    os.environ.clear()
    os.environ.update(environment)
    add_libraries()

    first = []
    if environment.get("PYTHONPATH"):
        first = [os.path.abspath(path) for path in environment["PYTHONPATH"].split(os.pathsep)]
    # Pyodide puts the current folder into the path. It is removed here, because -c and -m add it themselves later.
    first.append("")
    sys.path[:] = [*filter(None, dict.fromkeys(first)), *(path for path in sys.path if path not in first)]

    if prefix:
        sys.prefix = sys.exec_prefix = prefix
    for folder in sites:
        site.addsitedir(folder)
    if zone:
        time.tzname = tuple(zone)
    return add_libraries`;
