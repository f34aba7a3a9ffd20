// Deep programs: RecursionError comes before the engine's stack is full, and deeply nested objects can be freed.

import { expect, it } from "vitest";
import { NESTS, RECURSIONS } from "../../test/run-programs.js";
import { sharedCommand } from "../../test/shared-command.js";

const run = (code: string, ...options: string[]) => sharedCommand(["run", "--quiet", ...options, "-c", code]);

it("a recursion through C is a RecursionError", async () => {
  expect(await run(RECURSIONS.code)).toEqual({ status: 0, stdout: RECURSIONS.stdout, stderr: "" });
});

it.each(["pyheap", "malloc"])("what is nested 400,000 deep is freed, on %s", async (allocator) => {
  const { status, stdout, stderr } = await run(NESTS.code, "--allocator", allocator);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: NESTS.stdout, stderr: "" });
});

it("what is nested three million deep is freed, and a finalizer runs at any depth", async () => {
  const code = `
class Last:
    def __del__(self): print("finalized", sum(range(10)))
nest = Last()
for _ in range(3_000_000): nest = [nest]
del nest
print("freed")
`;
  expect(await run(code)).toEqual({ status: 0, stdout: "finalized 45\nfreed\n", stderr: "" });
});

// CPython's issue 149146: freeing the nest comes after the MemoryError, with no memory left.
it("one nest that fills the whole memory is freed when its MemoryError is caught", async () => {
  const code = `
def fill(wrap):
    nest = None
    while True: nest = wrap(nest)
for wrap in lambda x: [x, None], lambda x: {"k": x}:
    try: fill(wrap)
    except MemoryError: print("caught")
`;
  const { status, stdout, stderr } = await run(code, "--limit", "64MiB");
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "caught\n".repeat(2), stderr: "" });
});

it("a recursion through JavaScript is a RecursionError, each time, and calls that return are not counted", async () => {
  const code = `
from pyodide.code import run_js
call = run_js("(f, ...args) => f(...args)")
def endless():
    return call(endless)
def down(n):
    return n and call(down, n - 1)
for _ in range(1000): call(down, 0)
print(down(80))
try: endless()
except RecursionError: print("endless")
print(down(80))
`;
  expect(await run(code)).toEqual({ status: 0, stdout: "0\nendless\n0\n", stderr: "" });
});

it("a traceback that goes through JavaScript has the program's functions in Python and in JavaScript, and no other", async () => {
  const code = `
from pyodide.code import run_js
import functools
call = run_js("(f) => f()")
named = run_js("//# sourceURL=app.js\\nfunction twice(f) { return f(); } twice")
def fails(): return 1 / 0
def down(n): return call(functools.partial(down, n - 1)) if n else named(fails)
def middle(): return call(fails)
for f in middle, lambda: down(40):
    try: f()
    except ZeroDivisionError as error:
        at, files, names = error.__traceback__, set(), []
        while at:
            files.add(at.tb_frame.f_code.co_filename)
            names.append(at.tb_frame.f_code.co_name)
            at = at.tb_next
        print(files, len(names) < 60, names[-2:], hasattr(error, "__notes__"))
`;
  expect(await run(code)).toEqual({
    status: 0,
    stdout: "{'<string>'} True ['middle', 'fails'] False\n{'<string>'} True ['down', 'fails'] True\n",
    stderr: "",
  });
});
