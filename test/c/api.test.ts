// The object API, exceptions, and functions with variable arguments, called from C: test/c/api/*.c. Each function
// test_* there returns 0, or the line of the first mistake. All its objects are freed, even if any of its
// allocations fails.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type CModule, Heap, MemoryError, PyException } from "../../src/index.js";
import { Failures } from "../failures.js";
import { canCompile, ROOT } from "../needs.js";
import { footprint } from "../objects/leak-free.js";
import { build } from "./build.js";

const FOLDER = join(ROOT, "test/c/api");
const PROGRAMS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".c"))
  .map((file) => file.replace(/\.c$/, ""));

function sourceOf(name: string): string {
  return readFileSync(join(FOLDER, `${name}.c`), "utf8");
}

function testsOf(name: string): string[] {
  return [...sourceOf(name).matchAll(/^int (test_\w+)\(void\)/gm)].map(([, test]) => test as string);
}

const paths = new Map<string, Promise<string>>();

/** The program as a module, compiled once. */
function compiled(name: string): Promise<string> {
  const path = paths.get(name) ?? build(`api-${name}`, sourceOf(name), [`-I${FOLDER}`]);
  paths.set(name, path);
  return path;
}

/** The program on a heap; its types are ready, if it has any. */
async function prepared(heap: Heap, name: string): Promise<CModule> {
  const module = await heap.load(await compiled(name));
  if (sourceOf(name).includes("\nint prepare(void)")) expect(module.call("prepare")).toBe(1);
  return module;
}

describe.runIf(canCompile)("the object API, from C", () => {
  describe.each(PROGRAMS)("%s", (name) => {
    beforeAll(() => compiled(name));

    it.each(testsOf(name))("%s does as CPython documents, and leaves nothing behind", async (test) => {
      for (const allocator of ["default", "debug"] as const) {
        const heap = await Heap.create({ allocator, locate: () => undefined, policies: { freeLists: false } });
        // With these keys, the table of interned strings keeps its size.
        const keys = heap.from(Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`key ${k}`, k])));
        footprint(heap);
        const module = await prepared(heap, name);
        const before = footprint(heap);
        expect(module.call(test), allocator).toBe(0);
        module.call("done");
        expect(footprint(heap)).toEqual(before);
        expect(module.call(test), allocator).toBe(0);
        module.call("done");
        expect(footprint(heap)).toEqual(before);
        expect(module.unload().blocks).toBe(0);
        keys.release();
      }
    });

    it("does so after compactions too: they do not move objects whose addresses C knows", async () => {
      const heap = await Heap.create();
      const filler = heap.from(Array.from({ length: 20_000 }, (_, k) => `filler ${k}`));
      const module = await prepared(heap, name);
      const movable = heap.from(Array.from({ length: 5_000 }, (_, k) => `movable ${k}`));
      filler.release();
      expect(heap.compact().moved).toBeGreaterThan(100_000);
      expect(movable.length).toBe(5_000);
      for (const test of testsOf(name)) {
        expect(module.call(test), test).toBe(0);
        module.call("done");
        heap.compact();
        heap.check();
      }
    });

    it("survives that any allocation fails", async () => {
      const heap = await Heap.create({ policies: { freeLists: false } });
      const module = await prepared(heap, name);
      module.call("be_quiet");
      const failures = new Failures(heap);
      let failed = 0;
      for (const test of testsOf(name)) {
        const before = footprint(heap);
        for (let at = 1; ; at++) {
          const line = failures.during(at, () => quietly(() => module.call(test)));
          module.call("done");
          if (failures.failed === 0) break;
          failed++;
          expect(footprint(heap), `${test}, allocation ${at}, line ${line}`).toEqual(before);
        }
      }
      expect(failed).toBeGreaterThan(testsOf(name).length * 10);
    });
  });
});

describe.runIf(canCompile)("constants, in a heap in which an int or an empty string need not exist once", () => {
  it("exist while a module may use the reference that was lent", async () => {
    const heap = await Heap.create({
      allocator: "debug",
      policies: { smallInts: false, characters: false, freeLists: false },
    });
    const source = `
      #include <Python.h>
      static PyObject *lent[Py_CONSTANT_EMPTY_TUPLE + 1];
      int lend(void) {
          for (unsigned k = 0; k <= Py_CONSTANT_EMPTY_TUPLE; k++)
              if (!(lent[k] = Py_GetConstantBorrowed(k))) return -1;
          return 0;
      }
      int are_alive(void) {
          for (unsigned k = 0; k <= Py_CONSTANT_EMPTY_TUPLE; k++)
              if (Py_REFCNT(lent[k]) < 1 || lent[k] != Py_GetConstantBorrowed(k)) return 0;
          return PyLong_AsLong(lent[Py_CONSTANT_ONE]) == 1 && PyUnicode_GetLength(lent[Py_CONSTANT_EMPTY_STR]) == 0;
      }`;
    const module = await heap.load(await build("api-constants", source));
    expect(module.call("lend")).toBe(0);
    const others = heap.from(Array.from({ length: 1000 }, (_, k) => k));
    expect(module.call("are_alive")).toBe(1);
    others.release();
    heap.check();
  });
});

/** Makes a call. A MemoryError that it leaves set is not an error of the test. */
function quietly(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof MemoryError || error instanceof PyException)) throw error;
    return error;
  }
}

describe.runIf(canCompile)("errors that C leaves set", () => {
  let heap: Heap;
  let module: CModule;
  beforeAll(async () => {
    heap = await Heap.create();
    module = await heap.load(await compiled("errors"));
  });

  const thrown = (which: number): unknown => {
    try {
      module.call("leave", which);
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it.each([
    [0, "ValueError", "café", ["Exception", "BaseException"]],
    [1, "KeyError", "7", ["LookupError", "Exception", "BaseException"]],
    [2, "FileNotFoundError", "", ["OSError", "Exception", "BaseException"]],
    [5, "spam.error", "number 5", ["ArithmeticError", "Exception", "BaseException"]],
    [6, "KeyError", "7", ["LookupError", "Exception", "BaseException"]],
    [7, "TypeError", "'dict' object cannot be interpreted as an integer", ["Exception", "BaseException"]],
  ])("number %i is a %s in TypeScript", (which, name, message, bases) => {
    const error = thrown(which);
    expect(error).toBeInstanceOf(PyException);
    expect(error).toMatchObject({ name, message, bases });
    module.call("forget");
  });

  it("have the message that their type in C makes", async () => {
    const types = await heap.load(await compiled("exception_types"));
    expect(() => types.call("leave_field_error")).toThrow("at 7");
    types.unload();
  });

  it("have a cause: the exception of `raise from`, or the one that was being handled", () => {
    const causes = (which: number) => {
      const found: string[] = [];
      for (let error = thrown(which); error !== undefined; error = (error as Error).cause) found.push(String(error));
      return found;
    };
    expect(causes(8)).toEqual(["TypeError: second", "ValueError: first"]);
    expect(causes(9)).toEqual(["TypeError: second", "ValueError: first"]);
    expect(new Set(causes(10))).toEqual(new Set(["TypeError: second"]));
    heap.gc.collect();
  });

  it("MemoryError in C is a MemoryError here, with its message", () => {
    expect(thrown(3)).toBeInstanceOf(MemoryError);
    expect(thrown(3)).toMatchObject({ requested: 0, message: "Cannot allocate: no memory is left within the limit" });
    expect(thrown(4)).toMatchObject({ name: "MemoryError", message: "no more" });
  });

  it("all of Python's exceptions are there", () => {
    const names: string[] = [];
    for (let k = 0; ; k++) {
      const at = module.call("name_of", k) as number;
      if (at === 0) break;
      const bytes = new Uint8Array(heap.memory.buffer, at, 40);
      names.push(new TextDecoder().decode(bytes.slice(0, bytes.indexOf(0))));
    }
    expect(new Set(names).size).toBe(names.length - 2);
    expect(names).toContain("PythonFinalizationError");
    expect(names.at(-1)).toBe("OSError");
  });

  it("are printed to standard error", async () => {
    let output = "";
    const imports = {
      pyheap_write: (_fd: number, at: number, n: number) => {
        output += new TextDecoder().decode(new Uint8Array(heap.memory.buffer, at >>> 0, n).slice());
      },
    };
    const own = await heap.load(await compiled("errors"), { imports });
    expect(own.call("print_all")).toBe(0);
    own.call("done");
    expect(output.split("\n")).toEqual([
      "ValueError: printed",
      "KeyError",
      "Exception ignored in: []:",
      "TypeError: nobody told",
      "Exception ignored:",
      "TypeError: nor here",
      "While doing 3 things:",
      "TypeError: with words",
      "DeprecationWarning: old",
      "RuntimeWarning: 2 left",
      "UserWarning: hot",
      "OSError: shown",
      "",
    ]);
    own.unload();
  });
});

/** The text of all headers, with continued lines joined. */
function headers(): string {
  const folder = join(ROOT, "include");
  const files = readdirSync(folder).filter((file) => file.endsWith(".h"));
  return files.map((file) => readFileSync(join(folder, file), "utf8").replace(/\\\n/g, " ")).join("\n");
}

/** The functions that the headers declare. */
function declared(): string[] {
  return [
    ...new Set([...headers().matchAll(/^Py(?:API|_LOCAL)_FUNC\(.*?\)\s+(\w+)\(/gm)].map(([, name]) => name as string)),
  ];
}

const API_NAME = /\b_?Py\w+/g;

/** What each macro and each inline function of the headers uses. */
function uses(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const macros = headers().matchAll(/^#define (\w+)(?:\([^)]*\))?(.*)$/gm);
  const functions = headers().matchAll(/^static inline [^(]*?(\w+)\(.*?\) \{(.*?\}$|[\s\S]*?\n\})/gm);
  for (const [, name, body] of [...macros, ...functions]) found.set(name as string, body?.match(API_NAME) ?? []);
  return found;
}

function testSources(): string {
  const folder = join(ROOT, "test/c");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.(c|cpp|ts)$/.test(file));
  return files.map((file) => readFileSync(join(folder, file), "utf8")).join("\n");
}

describe("the headers", () => {
  it("declare nothing that no test calls", () => {
    const called = new Set<string>(testSources().match(API_NAME));
    const inside = uses();
    for (const name of called) for (const used of inside.get(name) ?? []) called.add(used);
    expect(declared().length).toBeGreaterThan(400);
    expect(declared().filter((name) => !called.has(name))).toEqual([]);
  });

  it("declare nothing that docs/c-api.md does not list", () => {
    const text = readFileSync(join(ROOT, "docs/c-api.md"), "utf8");
    const listed = new Set(text.match(API_NAME));
    expect(declared().filter((name) => !listed.has(name))).toEqual([]);
  });
});
