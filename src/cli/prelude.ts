// Python code that runs before the program, in place of what CPython's own main function does. None of it appears on
// the program's stack.

/** Bytes that are kept back from the program, so that a traceback can be shown when there is no memory. */
const RESERVE = 2 ** 17;

/**
 * Defines prepare(executable, script, is_module, words, wait, make_room, end, forgotten). `script` is the path of the program's
 * file or folder, or None if it has none. `wait` sleeps for a number of seconds, or until a signal comes. `make_room` is called when
 * an exception has ended the program, before the exception is shown. `end` is called after the functions of atexit, while all
 * objects still exist. `forgotten` is called when atexit has released the object that calls `end`, which a program can
 * cause. prepare returns a function that registers another such object. Everything of Python that these functions use is
 * looked up in prepare, before the program can change it.
 */
export const PRELUDE = `
def prepare(executable, script, is_module, words, wait, make_room, end, forgotten):
    import atexit, os, sys, time

    # The program gets a new __main__, which is freed when the program ends. Pyodide keeps the dict of the one that it made,
    # with what the code of an image defined.
    made = sys.modules["__main__"].__dict__
    main = sys.modules["__main__"] = type(sys)("__main__")
    main.__dict__.update({name: value for name, value in made.items() if name != "_pyodide_core"})
    sys.executable = executable
    # An interpreter from an image was started with the arguments of another command.
    sys.orig_argv[:] = [executable, *words]
    sys.argv[:] = [words[0], *words[2:]] if words[0] in ("-c", "-m") else words
    # When Python made its streams, Pyodide's standard output was a terminal.
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())

    def importer_of(path):
        for hook in sys.path_hooks:
            try:
                return hook(path)
            except ImportError:
                pass

    # CPython's main function looks whether the program is a folder or an archive, and imports runpy to run modules. Both are done here
    # already, so that their memory belongs to the interpreter's start, and not to the program.
    if script is not None:
        path = script if os.path.isabs(script) else f"{os.getcwd()}/{script}"
        sys.path_importer_cache[path] = importer = importer_of(path)
        is_module = importer is not None
    if is_module:
        import runpy

    class End:
        __module__, __qualname__ = "pyheap", "End"
        __slots__ = ()
        # These functions are JavaScript. If they were Python, a function that traces the program would see their frames.
        __call__ = staticmethod(end)
        __del__ = staticmethod(forgotten)

    # Nothing refers to the object but atexit, which is how its loss is noticed.
    register = atexit.register
    def register_end():
        register(End())

    # The first that is registered is called last.
    register_end()

    sleep_at_once, monotonic = time.sleep, time.monotonic
    is_instance, numbers = isinstance, (int, float)

    def sleep(seconds, /):
        "Like time.sleep, but interruptible, and without keeping the processor busy."
        if not is_instance(seconds, numbers) or not 0 < seconds < 2**32:
            return sleep_at_once(seconds)
        until = monotonic() + seconds
        while (rest := until - monotonic()) > 0:
            wait(rest)

    time.sleep = sleep

    reserve = bytes(${RESERVE})
    show, frame = sys.excepthook, sys._getframe

    def excepthook(kind, value, trace, /):
        "Like sys.excepthook, but works also when there is no memory."
        nonlocal reserve
        reserve = None
        if frame().f_back is None:
            make_room()
        show(kind, value, trace)

    sys.excepthook = sys.__excepthook__ = excepthook
    return register_end`;
