// heap.load: modules find each other and the heap, are initialized once, and give everything back.

import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { compileC } from "../../src/hosts/c/compile.js";
import { Heap, LinkError } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build, cache } from "./build.js";

const COUNTER = `
#include <Python.h>
int counter = 3;
static int cleared[1000];
int *where = &counter;
static int square(int x) { return x * x; }
static int (*const table[])(int) = {square, abs};
static const char *const names[] = {"zero", "one", "two"};
int apply(int k, int x) { return table[k](x); }
int next(void) { return ++*where; }
int is_cleared(void) { for (int k = 0; k < 1000; k++) if (cleared[k]) return 0; cleared[5] = 1; return 1; }
int letter(int k, int at) { return names[k][at]; }
double half(double x) { return x / 2; }
long long twice(long long x) { return x * 2; }
`;

const USER = `
#include <stdlib.h>
extern int counter;
extern int next(void);
extern double half(double x);
int (*address_of_next(void))(void) { return next; }
int use(void) { counter += 10; return next(); }
double quarter(double x) { return half(half(x)); }
void (*address_of_free(void))(void *) { return free; }
`;

async function source(name: string, text: string): Promise<string> {
  const path = join(tmpdir(), name);
  await writeFile(path, text);
  return path;
}

describe.runIf(canCompile)("a module", () => {
  it("has its functions and its relocated data, from a file, bytes or a compiled module", async () => {
    const path = await build("counter", COUNTER);
    const bytes = await readFile(path);
    const sources = [path, pathToFileURL(path), bytes, bytes.buffer.slice(0), new WebAssembly.Module(bytes)] as const;
    const offset = bytes.byteOffset === 0 ? sources : sources.filter((source) => !(source instanceof ArrayBuffer));
    for (const source of offset) {
      const heap = await Heap.create();
      const module = await heap.load(source);
      expect(module.call("apply", 0, 12)).toBe(144);
      expect(module.call("apply", 1, -12)).toBe(12);
      expect(module.call("next")).toBe(4);
      expect(new Int32Array(heap.memory.buffer, module.address("counter"), 1)[0]).toBe(4);
      expect(module.call("is_cleared")).toBe(1);
      expect(module.call("letter", 2, 1)).toBe("w".charCodeAt(0));
      expect(module.call("half", 5)).toBe(2.5);
      expect(module.call("twice", 2n ** 40n)).toBe(2n ** 41n);
    }
  });

  it("is named after its file, and numbered from the second of that name on", async () => {
    const path = await build("counter", COUNTER);
    const heap = await Heap.create();
    const names = [
      await heap.load(path),
      await heap.load(path),
      await heap.load(await readFile(path), { name: "a b" }),
    ];
    expect(names.map(({ name }) => name)).toEqual(["counter.wasm", "counter.wasm.2", "a_b"]);
    expect(names[0]?.functionNames.sort()).toEqual(["apply", "half", "is_cleared", "letter", "next", "twice"]);
  });

  it("loaded twice is there twice", async () => {
    const path = await build("counter", COUNTER);
    const heap = await Heap.create();
    const [first, second] = [await heap.load(path), await heap.load(path)];
    expect([first.call("next"), first.call("next"), second.call("next")]).toEqual([4, 5, 4]);
    expect(second.call("is_cleared")).toBe(1);
    first.unload();
    expect(second.call("next")).toBe(5);
    expect(second.call("apply", 0, 3)).toBe(9);
  });

  it("names its functions when it is asked for one that it does not have", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("counter", COUNTER));
    expect(() => module.call("nxt")).toThrow(/Cannot call nxt: not a function of counter\.wasm; it has .*next/);
    expect(() => module.address("next")).toThrow(/Cannot find next: not a variable of counter\.wasm/);
  });

  it("runs its constructors once, and at its end the functions that it registered", async () => {
    const heap = await Heap.create();
    const order: string[] = [];
    const text = `
      #include <new>
      #include <Python.h>
      extern "C" void note(int what);
      struct Noted {
        int what;
        int *memory;
        Noted(int w) : what(w), memory(new int[10]) { note(what); }
        ~Noted() { delete[] memory; note(-what); }
      };
      static Noted one(1), two(2);
      static void last() { note(-3); }
      extern "C" int begin() { return atexit(last); }`;
    const imports = { note: (what: number) => void order.push(String(what)) };
    const module = await heap.load(await build("noted.cpp", text), { imports });
    expect(order).toEqual(["1", "2"]);
    expect(module.call("begin")).toBe(0);
    expect(module.unload()).toMatchObject({ blocks: 0 });
    expect(order).toEqual(["1", "2", "-3", "-2", "-1"]);
  });

  it("gives everything back when it is unloaded, and reports what it did not free", async () => {
    const path = await build("counter", COUNTER);
    const leaky = await build("leaky", `#include <Python.h>\nvoid leak(int n) { PyMem_Malloc(n); malloc(n); }`, [
      "-O0",
    ]);
    const heap = await Heap.create();
    const load = async () => {
      const module = await heap.load(path);
      module.call("next");
      return module.unload();
    };
    await load();
    const before = heap.stats().account;
    const entries = heap.imports.__indirect_function_table.length;
    for (let k = 0; k < 20; k++)
      expect(await load()).toEqual({ leaks: [], blocks: 0, bytes: 0, objects: 0, exact: false });
    expect(heap.stats().account).toEqual(before);
    expect(heap.imports.__indirect_function_table.length).toBe(entries);

    const module = await heap.load(leaky);
    for (const n of [10, 10, 2000]) module.call("leak", n);
    const { leaks, blocks, exact } = module.unload();
    expect({ blocks, exact }).toEqual({ blocks: 6, exact: false });
    expect(leaks).toContainEqual({ family: "mem", size: 16, count: 2 });
    expect(leaks).toContainEqual({ family: "native", size: 16, count: 2 });
    expect(leaks.filter(({ size }) => size >= 2000 && size < 2016).map(({ family }) => family)).toEqual([
      "mem",
      "native",
    ]);
    heap.check();
  });

  it("can't be used when it is gone", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("counter", COUNTER));
    const next = module.function("next");
    module.unload();
    expect(() => next()).toThrow("Cannot call next: counter.wasm was unloaded");
    expect(() => module.call("next")).toThrow(/it was unloaded/);
    expect(() => module.unload()).toThrow("Cannot unload counter.wasm: it was unloaded already");
  });

  const DEEP = `
      int deep(int n) {
        volatile char room[1100];
        for (int k = 0; k < 1100; k++) room[k] = (char)n;
        return n == 0 ? 0 : deep(n - 1) + room[0] - room[1];
      }`;

  it("runs the functions that it registered for its end once, even if some of them fail", async () => {
    const text = `
      #include <stdlib.h>
      extern void tell(int k);
      static void first(void) { tell(1); }
      static void fails(void) { __builtin_trap(); }
      static void last(void) { tell(2); }
      void enrol(void) { atexit(first); atexit(fails); atexit(last); }`;
    const heap = await Heap.create();
    const told: number[] = [];
    const module = await heap.load(await build("ends", text), { imports: { tell: (k: number) => void told.push(k) } });
    module.call("enrol");
    expect(() => module.unload()).toThrow("unreachable");
    expect(told).toEqual([2]);
    expect(module.unload().blocks).toBe(0);
    expect(told).toEqual([2, 1]);
  });

  it("that is unloaded leaves a heap that can be saved, even if it used objects", async () => {
    const heap = await Heap.create();
    heap.roots.set("list", heap.list([1, 2]));
    const text = "#include <Python.h>\nint zero(void) { return PyErr_Occurred() != NULL; }";
    (await heap.load(await build("asks", text))).unload();
    expect(String((await Heap.load(await heap.save())).roots.get("list"))).toBe("[1, 2]");
  });

  it("is called with as many numbers as it takes, and of their types", async () => {
    const path = await build("counter", COUNTER);
    const heap = await Heap.create();
    const module = await heap.load(path);
    const anything = module as unknown as { call(name: string, ...args: unknown[]): unknown };
    expect([module.parametersOf("twice"), module.parametersOf("half"), module.parametersOf("nope")]).toEqual([
      ["bigint"],
      ["number"],
      undefined,
    ]);
    expect(() => anything.call("apply", 1)).toThrow(new TypeError("Cannot call apply with 1 arguments: it takes 2"));
    expect(() => anything.call("apply", 1, 2, 3)).toThrow("Cannot call apply with 3 arguments: it takes 2");
    expect(() => anything.call("apply", 1, "2")).toThrow("Cannot call apply: argument 2 is a string, not a number");
    expect(() => anything.call("twice", 5)).toThrow("Cannot call twice: argument 1 is a number, not a bigint");
    const unknown = (await heap.load(new WebAssembly.Module(await readFile(path)))) as unknown as typeof anything;
    expect(() => unknown.call("half", undefined)).toThrow("argument 1 is a undefined, not a number or bigint");
    expect(unknown.call("twice", 5n)).toBe(10n);
  });

  it("that overruns its stack is stopped, and the heap is as it was", async () => {
    for (const [base, depth] of [
      [65536, 50],
      [2 ** 20, 900],
    ] as const) {
      const heap = await Heap.create({ base });
      const module = await heap.load(await build("deep", DEEP, ["-O0"]));
      expect(module.call("deep", depth)).toBe(0);
      for (let k = 0; k < 3; k++) {
        expect(() => module.call("deep", depth + 100)).toThrow(/The stack of modules in C was overrun in deep/);
        expect(module.call("deep", depth)).toBe(0);
        heap.check();
      }
      expect(heap.stats().account.native).toBeLessThan(1024);
      module.unload();
    }
  });

  it("that overruns a stack which is a block of the heap is reported when the call ends", async () => {
    const heap = await Heap.create({ base: 65536 });
    const module = await heap.load(await build("deep", DEEP, ["-O0"]), { stackBytes: 70_000 });
    expect(heap.stats().account.native).toBeGreaterThan(70_000);
    expect(module.call("deep", 55)).toBe(0);
    // A neighbour that can be overwritten without harming the heap.
    expect(() => module.call("deep", 63)).toThrow(/The stack of modules in C was overrun in deep/);
  });

  it("has its stack in a block if the memory is not the heap's own", async () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 1000 });
    new Uint8Array(memory.buffer, 0, 131072).fill(7);
    const heap = await Heap.create({ memory, base: 131072 });
    const module = await heap.load(await build("deep", DEEP, ["-O0"]));
    expect(module.call("deep", 50)).toBe(0);
    expect(new Uint8Array(memory.buffer, 0, 131072).every((byte) => byte === 7)).toBe(true);
  });

  it("finds the stack as it was after an exception has passed through it", async () => {
    const text = `
      extern void fail(int k);
      int at(int k) { volatile char room[1000]; room[0] = (char)k; fail(k); volatile char *volatile where = room; return (int)where; }`;
    const heap = await Heap.create();
    let failing = true;
    const imports = {
      fail: () => {
        if (failing) throw new Error("no");
      },
    };
    const module = await heap.load(await build("at", text), { imports });
    for (let k = 0; k < 1000; k++) expect(() => module.call("at", k)).toThrow("no");
    failing = false;
    expect(module.call("at", 0)).toBe(module.call("at", 1));
  });

  it("without memory for it throws MemoryError, and nothing changed", async () => {
    const path = await build("large", "int data[100000]; int first(void) { return data[0]; }");
    const heap = await Heap.create();
    const before = heap.stats().account;
    heap.limit = heap.reserved + 65536;
    await expect(heap.load(path, { stackBytes: 300_000 })).rejects.toThrow(
      /Cannot allocate 300000 bytes: no memory is left for the stack/,
    );
    await expect(heap.load(path)).rejects.toThrow(
      /Cannot allocate 400000 bytes: no memory is left for the data of large/,
    );
    heap.limit = 2 ** 30;
    heap.release();
    expect(heap.stats().account.native).toBe(before.native);
    expect((await heap.load(path)).call("first")).toBe(0);
  });
});

describe.runIf(canCompile)("several modules", () => {
  it("share data and functions, and the addresses of functions", async () => {
    const heap = await Heap.create();
    const counter = await heap.load(await build("counter", COUNTER));
    const user = await heap.load(await build("user", USER));
    expect(user.call("use")).toBe(14);
    expect(counter.call("next")).toBe(15);
    expect(user.call("quarter", 10)).toBe(2.5);
    const table = heap.imports.__indirect_function_table;
    expect(table.get(user.call("address_of_next") as number)()).toBe(16);
    expect(table.get(user.call("address_of_free") as number)).toBe(table.get(user.call("address_of_free") as number));
    expect(() => counter.unload()).toThrow("Cannot unload counter.wasm: user.wasm uses it");
    user.unload();
    counter.unload();
    heap.check();
  });

  it("that need each other are loaded together, and go together", async () => {
    const even = await build(
      "even",
      `extern int is_odd(int n); int zero = 0; int is_even(int n) { return n == zero || is_odd(n - 1); }`,
    );
    const odd = await build(
      "odd",
      `extern int is_even(int n); extern int zero; int is_odd(int n) { return n != zero && is_even(n - 1); }`,
    );
    const wide = `extern double down(long long n, double x, float y); double up(long long n, double x, float y) { return n == 0 ? x + y : down(n - 1, x, y); }`;
    const back = `extern double up(long long n, double x, float y); double down(long long n, double x, float y) { return up(n, x + 1, y); }`;
    const heap = await Heap.create();
    await expect(heap.load(even)).rejects.toThrow("Cannot load even.wasm: not defined anywhere: is_odd (function)");
    const [first, second, up] = await heap.load([even, odd, await build("up", wide), await build("down", back)]);
    expect([0, 1, 10, 11].map((n) => first?.call("is_even", n))).toEqual([1, 0, 1, 0]);
    expect(second?.call("is_odd", 7)).toBe(1);
    expect(up?.call("up", 3n, 0.5, 0.25)).toBe(3.75);
    first?.unload();
    expect(() => second?.call("is_odd", 7)).toThrow(/unloaded/);
    up?.unload();
    heap.check();
    expect(heap.stats().account.native).toBe(0);
  });

  it("that are linked with each other say so, and come one after the other or together", async () => {
    const counter = await build("counter", COUNTER);
    const user = `${counter.replace(/counter\.wasm$/, "")}linked.wasm`;
    await compileC({ sources: [await source("linked.c", USER), counter], output: user, cache });
    const heap = await Heap.create();
    await expect(heap.load(user)).rejects.toThrow(
      "Cannot load linked.wasm: it needs counter.wasm, which is not loaded",
    );
    const [linked] = await heap.load([user, counter]);
    expect(linked?.call("use")).toBe(14);
    linked?.unload();
    expect((await heap.load(user)).call("use")).toBe(25);
    const other = await Heap.create();
    (await other.load(counter)).unload();
    await other.load(counter);
    expect((await other.load(user)).call("use")).toBe(14);
  });

  it("that need each other must come as bytes", async () => {
    const even = await build(
      "even",
      `extern int is_odd(int n); int zero = 0; int is_even(int n) { return n == zero || is_odd(n - 1); }`,
    );
    const odd = await build(
      "odd",
      `extern int is_even(int n); extern int zero; int is_odd(int n) { return n != zero && is_even(n - 1); }`,
    );
    const heap = await Heap.create();
    const compiled = new WebAssembly.Module(await readFile(even));
    await expect(heap.load([compiled, odd])).rejects.toThrow(/give the bytes of modules that need each other/);
    expect(heap.stats().account.native).toBe(0);
  });

  it("name everything that nobody defines", async () => {
    const text = `
      extern int gone, away;
      extern int nowhere(int x);
      __attribute__((weak)) int maybe(int x);
      int f(void) { return nowhere(gone) + away + (maybe ? maybe(1) : 7); }`;
    const heap = await Heap.create();
    const path = await build("needy", text);
    const error = await heap.load(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LinkError);
    expect((error as LinkError).message).toBe(
      "Cannot load needy.wasm: not defined anywhere: nowhere (function), gone (data), away (data)",
    );
    expect((error as LinkError).missing).toEqual(["nowhere", "gone", "away"]);
    await heap.load(await build("giver", "int gone = 2, away = 3;"));
    const imports = { nowhere: (x: number) => x * 100 };
    expect((await heap.load(path, { imports })).call("f")).toBe(210);
  });

  it("take a weak name from whoever defines it", async () => {
    const text = `__attribute__((weak)) int maybe(int x); int f(void) { return maybe ? maybe(1) : 7; }`;
    const heap = await Heap.create();
    await heap.load(await build("maybe", "int maybe(int x) { return x + 1; }"));
    expect((await heap.load(await build("weak", text))).call("f")).toBe(2);
  });

  it("take the address of a function in JavaScript, if its type is known", async () => {
    const text = `
      #include <math.h>
      extern int given(int x, double y);
      double (*volatile of_math)(double) = sqrt;
      double (*volatile of_host)(double) = sin;
      int (*volatile of_given)(int, double) = given;
      double all(void) { return of_math(16) + of_host(0) + of_given(3, 0.5) + given(4, 0.5); }`;
    const heap = await Heap.create();
    const entries = () => heap.imports.__indirect_function_table.length;
    const path = await build("pointers", text);
    const imports = { given: (x: number, y: number) => x * 2 + y * 4 };
    const load = () => heap.load(path, { imports });
    const first = await load();
    expect(first.call("all")).toBe(4 + 0 + 8 + 10);
    first.unload();
    const before = entries();
    for (let k = 0; k < 5; k++) {
      const module = await load();
      expect(module.call("all")).toBe(22);
      module.unload();
    }
    expect(entries()).toBe(before);
    const unknown = await build("pointer", "extern int given(int x); int (*of_given)(int) = given;");
    await expect(heap.load(unknown, { imports })).rejects.toThrow(/Cannot take the address of given/);
  });

  it("take the first definition of a name", async () => {
    const heap = await Heap.create();
    const first = await build("first", "int who(void) { return 1; }");
    const second = await build("second", "int who(void) { return 2; }");
    const asks = await build("asks", "extern int who(void); int ask(void) { return who(); }");
    const one = await heap.load(first);
    await heap.load(second);
    const asker = await heap.load(asks);
    expect(asker.call("ask")).toBe(1);
    asker.unload();
    one.unload();
    expect((await heap.load(asks)).call("ask")).toBe(2);
  });
});
