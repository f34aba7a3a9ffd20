// Deep programs: RecursionError comes before the engine's stack is full, and deeply nested objects can be freed.

import { expect, it } from "vitest";
import { command } from "../../test/command.js";

const run = (code: string) => command(["run", "--quiet", "-c", code]);

it("a recursion through C is a RecursionError", () => {
  const code = `
import functools
def visit(node, *, mark=0):
    again = functools.partial(visit, mark=1)
    for child in node: again(child)
ring = []; ring.append(ring)
try: visit(ring)
except RecursionError: print("partial")
other = []; other.append(other)
try: ring == other
except RecursionError: print("comparison")
`;
  expect(run(code)).toEqual({ status: 0, stdout: "partial\ncomparison\n", stderr: "" });
});

it("what is nested 400,000 deep is freed", () => {
  const code = `
class Slots: __slots__ = ("next",)
class Plain: pass
def node(kind, next):
    made = kind()
    made.next = next
    return made
for wrap in (lambda x: [x], lambda x: (x,), lambda x: {"k": x}, lambda x: node(Slots, x), lambda x: node(Plain, x)):
    nest = None
    for _ in range(400_000): nest = wrap(nest)
    del nest
    print("freed")
`;
  expect(run(code)).toEqual({ status: 0, stdout: "freed\n".repeat(5), stderr: "" });
});

it("a recursion through JavaScript is a RecursionError, each time, and calls that return are not counted", () => {
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
  expect(run(code)).toEqual({ status: 0, stdout: "0\nendless\n0\n", stderr: "" });
});

it("a traceback that goes through JavaScript has the program's functions in Python and in JavaScript, and no other", () => {
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
  expect(run(code)).toEqual({
    status: 0,
    stdout: "{'<string>'} True ['middle', 'fails'] False\n{'<string>'} True ['down', 'fails'] True\n",
    stderr: "",
  });
});
