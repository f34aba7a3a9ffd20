// The Python stack read from linear memory, compared with what the interpreter itself reports.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { PythonStack } from "../../src/hosts/python/pyodide.js";
import { startPython } from "./start.js";

describe("PythonStack", () => {
  let pyodide: PyodideAPI;
  beforeAll(async () => {
    const python = await startPython();
    pyodide = python.pyodide;
    pyodide.registerJsModule("host", {
      stack: () => JSON.stringify([...python.heap.stack.frames()].map(({ file, line, name }) => [file, line, name])),
    });
  });

  const check = (code: string, filename = "app.py") =>
    pyodide.runPython(
      `
import json, sys, host
def truth():
    frame, out = sys._getframe(1), []
    while frame:
        out.append([frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname])
        frame = frame.f_back
    return out
def same():
    seen = json.loads(host.stack())
    told = truth()
    # The innermost frame is this one, at another line.
    assert seen[1:] == told[1:], (seen[1:4], told[1:4])
    return len(told)
space = {"same": same, "__name__": "app"}
exec(compile(source, name, "exec"), space)
space["answer"]
`,
      { globals: pyodide.toPy({ source: code, name: filename, __name__: "test" }), filename: "test.py" },
    ) as number;

  it.each([
    ["a module", "answer = same()"],
    [
      "a function over several lines",
      "def f(a,\n      b):\n    return (a +\n            b +\n            same())\nanswer = f(1,\n  2)",
    ],
    [
      "a method and a closure",
      "class A:\n    def m(self):\n        def inner(): return same()\n        return inner()\nanswer = A().m()",
    ],
    ["a generator", "def g():\n    yield 1\n    yield same()\nanswer = list(g())[1]"],
    [
      "a coroutine",
      "async def a(): return same()\nasync def b(): return await a()\ntry:\n    b().send(None)\nexcept StopIteration as stop:\n    answer = stop.value",
    ],
    ["a comprehension, a lambda", "answer = [(lambda: same())() for _ in range(3)][0]"],
    [
      "a class that is called often",
      "class A:\n    def __init__(self): self.n = same()\ndef f():\n    for _ in range(50): a = A()\n    return a.n\nanswer = f()",
    ],
    ["a class body", "class A:\n    x = same()\nanswer = A.x"],
    ["a call through native code", "answer = max([1, 2], key=lambda _: same())"],
    ["lines far apart", `${"\n".repeat(3000)}def f():\n${"    pass\n".repeat(400)}    return same()\nanswer = f()`],
    ["recursion", "def f(n): return same() if n == 0 else f(n - 1)\nanswer = f(900)"],
  ])("%s", (_, code) => {
    expect(check(code)).toBeGreaterThan(0);
  });

  it.each(["café.py", "Москва.py", "日本語.py", "🐍.py", "<string>"])("a file called %s", (name) => {
    expect(check("def ñandú(): return same()\nanswer = ñandú()", name)).toBeGreaterThan(0);
  });

  it("has no frames where the layout is not known", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const view = new DataView(memory.buffer);
    const RUNTIME = 64;
    // Every address leads to something.
    new Uint32Array(memory.buffer).fill(256);
    const stacks = [0x030b00f0, 0x030d02f0, 0x030e02f0, 0x031000a0].map(
      (version) => new PythonStack(memory, RUNTIME, version),
    );
    // A table that claims to be of another version than the interpreter.
    new Uint8Array(memory.buffer).set(new TextEncoder().encode("xdebugpy"), RUNTIME);
    view.setUint32(RUNTIME + 16, 0, true);
    stacks.push(new PythonStack(memory, RUNTIME, 0x030f00a1));
    for (const stack of stacks) {
      expect([stack.isReadable, [...stack.frames()], stack.place(), stack.tracerWords]).toEqual([
        false,
        [],
        undefined,
        [],
      ]);
    }
    expect(stacks.map(({ version }) => version)).toEqual(["3.11.0", "3.13.2", "3.14.2", "3.16.0", "3.15.0"]);
  });
});
