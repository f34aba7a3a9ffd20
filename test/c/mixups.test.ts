// Two heaps side by side that must not be mixed: each mix-up is caught at the call, and reported with both sides.

import { describe, expect, it } from "vitest";
import { type Address, describeFault, type Fault, Heap, HeapFault } from "../../src/index.js";
import { canCompile, ROOT } from "../needs.js";
import { build, cache } from "./build.js";

/** Each test allocates with one family in one C function, and frees with another family in another C function. */
const MIXUPS = `
#include <Python.h>
#define NOINLINE __attribute__((noinline))
NOINLINE void *from_mem(void) { return PyMem_Malloc(24); }
NOINLINE void *from_libc(void) { return malloc(24); }
NOINLINE void *from_raw(void) { return PyMem_RawMalloc(24); }
NOINLINE void *from_object(void) { return PyObject_Malloc(24); }
NOINLINE void to_mem(void *p) { PyMem_Free(p); }
NOINLINE void to_del(char *p) { PyMem_DEL(p); }
NOINLINE void to_libc(void *p) { free(p); }
NOINLINE void to_object(void *p) { PyObject_Free(p); }
NOINLINE void *again(void *p) { return realloc(p, 100); }
void free_of_mem(void) { to_libc(from_mem()); }
void mem_of_libc(void) { to_mem(from_libc()); }
void del_of_libc(void) { to_del(from_libc()); }
void del_of_object(void) { to_del(from_object()); }
void object_of_raw(void) { to_object(from_raw()); }
void *realloc_of_mem(void) { return again(from_mem()); }
`;

const CASES = [
  ["free_of_mem", "mem", "from_mem", "native", "to_libc"],
  ["mem_of_libc", "native", "from_libc", "mem", "to_mem"],
  ["del_of_libc", "native", "from_libc", "mem", "to_del"],
  ["del_of_object", "object", "from_object", "mem", "to_del"],
  ["object_of_raw", "raw", "from_raw", "object", "to_object"],
  ["realloc_of_mem", "mem", "from_mem", "native", "again"],
] as const;

async function hookedHeap(): Promise<{ heap: Heap; faults: Fault[] }> {
  const faults: Fault[] = [];
  const heap = await Heap.create({ allocator: "debug", onFault: (fault) => void faults.push(fault) });
  return { heap, faults };
}

describe.runIf(canCompile)("with debug hooks", () => {
  for (const [name, domain, allocator, calledDomain, freer] of CASES) {
    it(`${name} is caught at the call, and both sides are named`, async () => {
      const { heap, faults } = await hookedHeap();
      const module = await heap.load(await build("mixups", MIXUPS, ["-fno-optimize-sibling-calls"]));
      module.call(name);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatchObject({ kind: "wrong domain", domain, calledDomain, size: 24 });
      expect(faults[0]?.allocatedAt).toMatch(
        new RegExp(`^${allocator} \\(mixups\\.wasm\\), called from ${name}, .*mixups\\.test\\.ts:\\d+`),
      );
      expect(faults[0]?.calledAt).toMatch(
        new RegExp(`^${freer} \\(mixups\\.wasm\\), called from ${name}, .*mixups\\.test\\.ts:\\d+`),
      );
      heap.check();
      const { leaks, exact } = module.unload();
      expect({ exact, leaks }).toMatchObject({ exact: true, leaks: [{ family: domain, size: 24, count: 1 }] });
      expect(leaks[0]?.allocatedAt).toContain(`${allocator} (mixups.wasm)`);
    });
  }

  it("a place in C is a function with three that called it", async () => {
    const text = `
      #include <Python.h>
      static void *made(int n) { char *p = PyMem_Malloc(n); if (p) *p = 1; return p; }
      static char *deep(int n) { char *p = n == 0 ? made(7) : deep(n - 1); if (p) *p = 2; return p; }
      int shallow(void) { return deep(0) == 0; }
      int deeper(void) { return deep(9) == 0; }`;
    const { heap } = await hookedHeap();
    const module = await heap.load(await build("places", text, ["-O0"]));
    module.call("shallow");
    module.call("deeper");
    const places = module.unload().leaks.map(({ allocatedAt }) => allocatedAt?.replace(/, [^,]*mixups\.test.*/, ""));
    expect(places).toEqual([
      "made (places.wasm), called from deep, shallow",
      "made (places.wasm), called from deep, deep, deep",
    ]);
  });

  it("a mix-up throws by default, through C, and the heap goes on", async () => {
    const heap = await Heap.create({ allocator: "debug" });
    const module = await heap.load(await build("mixups", MIXUPS, ["-fno-optimize-sibling-calls"]));
    const error = catchFault(() => module.call("free_of_mem"));
    expect(error.message).toContain("with malloc, free (the C library's): allocated with PyMem_*");
    expect(error.message).toMatch(/allocated at from_mem \(mixups\.wasm\)[\s\S]*called at to_libc \(mixups\.wasm\)/);
    expect(() => module.call("del_of_object")).toThrow(HeapFault);
    heap.check();
  });

  it("the example that frees three buffers wrongly is caught three times", async () => {
    const { compileC } = await import("../../src/hosts/c/compile.js");
    const output = `${ROOT}build/c/wrong_functions.wasm`;
    await compileC({ sources: [`${ROOT}examples/c/wrong_functions.c`], output, cache });
    const { heap, faults } = await hookedHeap();
    const module = await heap.load(output);
    expect(module.call("main", 0, 0)).toBe(0);
    expect(faults.map(({ domain, calledDomain }) => [domain, calledDomain])).toEqual([
      ["mem", "native"],
      ["native", "mem"],
      ["mem", "object"],
    ]);
    expect(module.unload()).toMatchObject({ blocks: 3, bytes: 3 * 1024 });
  });

  it("a block of another heap is known as such", async () => {
    const { heap, faults } = await hookedHeap();
    // Heaps of earlier tests may still exist; none of them has blocks at such high addresses.
    const other = await Heap.create({ allocator: "debug", base: 2 ** 25 });
    const module = await other.load(await build("mixups", MIXUPS));
    const block = module.call("from_mem") as Address;
    heap.mem.free(block);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      kind: "not a block",
      calledDomain: "mem",
      elsewhere: { domain: "mem", size: 24 },
    });
    expect(describeFault(faults[0] as Fault)).toMatch(
      /no block starts there[\s\S]*another heap has a block there: 24 bytes, domain mem\n {2}allocated at from_mem \(mixups\.wasm\)/,
    );
    heap.check();
    module.call("to_mem", block);
    other.check();
  });
});

function catchFault(run: () => unknown): HeapFault {
  try {
    run();
  } catch (error) {
    if (error instanceof HeapFault) return error;
    throw error;
  }
  throw new Error("no fault was found");
}

describe.runIf(canCompile)("without debug hooks", () => {
  it("families that are mixed share one heap: nothing is harmed", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("mixups", MIXUPS));
    const before = heap.stats().account;
    for (let k = 0; k < 1000; k++) for (const [name] of CASES.slice(0, 5)) module.call(name);
    heap.check();
    heap.release();
    expect(heap.stats().account.live).toEqual(before.live);
    expect(heap.stats().account.native).toBe(before.native);
  });

  it("addresses that are not blocks are refused, and nothing changes", async () => {
    const faults: Fault[] = [];
    const heap = await Heap.create({ onFault: (fault) => void faults.push(fault) });
    const blocks = Array.from({ length: 20 }, () => heap.raw.malloc(600));
    const module = await heap.load(await build("mixups", MIXUPS));
    for (const block of blocks.slice(0, 10)) heap.raw.free(block);
    const before = heap.stats();
    const wrong = [
      4,
      8,
      65536,
      0x7fff_fff8,
      0xffff_fff8,
      (blocks[15] as number) + 4,
      (blocks[15] as number) + 8,
      blocks[3],
    ];
    for (const at of wrong) {
      for (const name of ["to_mem", "to_libc", "to_object"]) module.call(name, at as number);
      heap.raw.free(at as Address);
      expect(heap.raw.realloc(at as Address, 5000)).toBe(0);
    }
    expect(faults).toHaveLength(wrong.length * 5);
    expect(faults[0]).toMatchObject({ kind: "not a block", address: 4, calledDomain: "mem" });
    expect(heap.stats()).toEqual(before);
    heap.check();
  });
});
