// The Python side of `pyheap run`: runs a program as `python` would, and answers its exit code.

export const BOOTSTRAP = `
def run_program(kind, target, args, folder, wait):
    import sys, os, types
    main = sys.modules["__main__"]
    space = main.__dict__
    for name in [n for n in space if not n.startswith("__")]:
        del space[name]

    import time
    sleep_at_once = time.sleep

    def sleep(seconds, /):
        "As time.sleep, but interruptible, and without keeping the processor busy."
        if isinstance(seconds, (int, float)) and seconds > 0:
            try:
                wait(float(seconds))
            except KeyboardInterrupt:
                raise KeyboardInterrupt from None
        else:
            sleep_at_once(seconds)

    time.sleep = sleep

    # What usage lines and messages of Python's own call the command.
    sys.executable = "pyheap run"
    words = {"script": [target], "code": ["-c", target], "module": ["-m", target]}[kind]
    sys.orig_argv[:] = [sys.executable, *words, *args]

    def script():
        import tokenize
        sys.argv[:] = [target, *args]
        sys.path.insert(0, os.path.dirname(os.path.abspath(target)))
        with open(target, "rb") as file:
            source = file.read()
        space.update(__file__=target, __cached__=None)
        exec(compile(source, target, "exec", dont_inherit=True), space)

    def code():
        import linecache
        sys.argv[:] = ["-c", *args]
        sys.path.insert(0, "")
        linecache.cache["<string>"] = (len(target), None, target.splitlines(keepends=True), "<string>")
        exec(compile(target, "<string>", "exec", dont_inherit=True), space)

    def module():
        import runpy
        sys.argv[:] = ["-m", *args]
        sys.path.insert(0, os.getcwd())
        runpy._run_module_as_main(target)

    def finish():
        import atexit
        try:
            atexit._run_exitfuncs()
        finally:
            for stream in (sys.stdout, sys.stderr):
                try:
                    stream.flush()
                except (BrokenPipeError, ValueError, AttributeError):
                    pass

    def report(error):
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == "<pyheap>":
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace), trace)

    def exit_code(error):
        value = error.code
        if value is None:
            return 0
        if isinstance(value, int):
            return value & 0xFF
        print(value, file=sys.stderr)
        return 1

    os.chdir(folder)
    status = 0
    try:
        try:
            {"script": script, "code": code, "module": module}[kind]()
        except SystemExit as error:
            status = exit_code(error)
        except KeyboardInterrupt as error:
            report(error)
            status = 130
        except BaseException as error:
            report(error)
            status = 1
        finish()
    except SystemExit as error:
        status = exit_code(error)
    except BrokenPipeError:
        status = 141
    except BaseException as error:
        report(error)
        status = 1
    return status
`;
