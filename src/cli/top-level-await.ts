// Programs that CPython's main function can't run as they are: `-c` with await outside of a function; and `-m asyncio`, a
// prompt with await, for which CPython needs a second thread. The command therefore gives the main
// function other code to run: a call of a function that runs the program.

import type { Program } from "../report/run-result.js";

/** The name of that function among the built-ins. The function first removes the name. */
const NAME = "__pyheap_main__";
const MAY_AWAIT = /\bawait\b|\basync\s+(?:for|with)\b/;

/** The arguments of CPython's main function for such a program; undefined for any other program. */
export function standIn({ kind, target, args }: Program): readonly string[] | undefined {
  const isOurs = kind === "code" ? MAY_AWAIT.test(target) : kind === "module" && target === "asyncio";
  return isOurs ? ["-c", `${NAME}()`, ...args] : undefined;
}

/** Defines stand_in(source), which prepares that call. `source` is the code of -c, or None for the prompt. */
export const STAND_IN = `
def stand_in(source):
    import ast, asyncio, builtins, inspect, linecache, sys

    def compiled():
        try:
            return compile(source, "<string>", "exec", dont_inherit=True)
        except SyntaxError:
            pass
        return compile(source, "<string>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True)

    def run():
        code = compiled()
        linecache.cache["<string>"] = len(source), None, source.splitlines(True), "<string>"
        result = eval(code, sys.modules["__main__"].__dict__)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(result)

    def prompt():
        import code, types

        class Console(code.InteractiveConsole):
            def runcode(self, code):
                try:
                    result = types.FunctionType(code, self.locals)()
                    if inspect.iscoroutine(result):
                        runner.run(result)
                except SystemExit:
                    raise
                except BaseException:
                    self.showtraceback()

        names = "__name__", "__package__", "__loader__", "__spec__", "__builtins__", "__file__"
        main = sys.modules["__main__"].__dict__
        console = Console({"asyncio": asyncio, **{name: main[name] for name in names if name in main}})
        console.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        banner = (
            f"asyncio REPL {sys.version} on {sys.platform}\\n"
            'Use "await" directly instead of "asyncio.run()".\\n'
            'Type "help", "copyright", "credits" or "license" for more information.\\n'
            f"{getattr(sys, 'ps1', '>>> ')}import asyncio"
        )
        with asyncio.Runner() as runner:
            console.interact(banner, "exiting asyncio REPL...")

    show = sys.excepthook

    def excepthook(kind, value, trace, /):
        "Like sys.excepthook, but the traceback begins with the program's first frame."
        its_own = trace
        while its_own is not None and (its_own.tb_frame.f_code.co_filename != "<string>" or its_own is trace):
            its_own = its_own.tb_next
        show(kind, value.with_traceback(its_own), its_own)

    def main():
        delattr(builtins, "${NAME}")
        run() if source is not None else prompt()

    if source is not None:
        sys.excepthook = excepthook
    setattr(builtins, "${NAME}", main)`;
