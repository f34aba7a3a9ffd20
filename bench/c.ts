// C on the heap: a loop of malloc and free, compared with the same loop on dlmalloc, each in its own memory; and calls
// of functions in C.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compileC } from "../src/hosts/c/compile.js";
import { findToolchain } from "../src/hosts/c/toolchain.js";
import { Heap, type PyFunction } from "../src/index.js";
import { interleave, median, ratio } from "./measure.js";
import type { Row } from "./micro.js";
import { freshHost } from "./peers.js";

type Fill = (slots: number, count: number, low: number, high: number, state: number) => number;
type Replace = (slots: number, count: number, low: number, high: number, steps: number, state: number) => number;

interface Churn {
  readonly name: string;
  readonly slots: number;
  readonly fill: Fill;
  readonly replace: Replace;
  state: number;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SLOTS = 8192;
const [LOW, HIGH] = [1, 256];
const [STEPS, ROUNDS, WARMUPS] = [200_000, 21, 5];
const NANOSECONDS = 1e6;

async function compile(name: string, flags: readonly string[]): Promise<string> {
  const output = `${ROOT}build/c/${name}.wasm`;
  await compileC({ sources: [`${ROOT}bench/c/churn.c`], output, flags: ["-O3", ...flags] });
  return output;
}

/** The module on a host's own malloc, as it would be linked there. */
async function onDlmalloc(path: string): Promise<Churn> {
  const python = await freshHost();
  const { memory, malloc, free } = python;
  const zero = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const env = {
    ...{ memory, malloc, free, __memory_base: 0, __table_base: 0, __stack_pointer: zero },
    __indirect_function_table: python.__indirect_function_table,
  };
  const { instance } = await WebAssembly.instantiate(await readFile(path), { env });
  const { fill, replace } = instance.exports as unknown as Churn;
  return { name: "dlmalloc", slots: malloc(SLOTS * 4), fill, replace, state: 12345 };
}

/** The module as heap.load loads it. What the loader adds to a call from TypeScript is included, once a round. */
async function onHeap(name: string, path: string): Promise<Churn> {
  const heap = await Heap.create();
  const module = await heap.load(path);
  const slots = heap.raw.malloc(SLOTS * 4);
  const fill = module.function("fill") as unknown as Fill;
  return { name, slots, fill, replace: module.function("replace") as unknown as Replace, state: 12345 };
}

const CALLS = 1_000_000;

/**
 * The nanoseconds that a call of a function in C (METH_O) from TypeScript takes. There are two functions: one gets a
 * number and returns it; the other gets a list and returns its length. The row has the slower of the two.
 */
async function measureCalls(): Promise<Row> {
  const output = `${ROOT}build/c/callee.wasm`;
  await compileC({ sources: [`${ROOT}bench/c/callee.c`], output, flags: ["-O3"] });
  const heap = await Heap.create();
  const { module } = await heap.load(output);
  const same = module.getAttr("same") as PyFunction;
  const size = module.getAttr("size") as PyFunction;
  const list = heap.list([1, 2, 3]);
  const candidates = [
    { name: "number", run: () => repeat(() => same.call(12)) },
    { name: "object", run: () => repeat(() => size.call(list)) },
  ];
  const times = interleave(candidates, ROUNDS, WARMUPS);
  const each = (name: string) => (median(times.get(name) ?? []) / CALLS) * NANOSECONDS;
  const beside = { number: each("number"), object: each("object") };
  return {
    what: "C: a call of a METH_O function from TypeScript, ns",
    value: Math.max(...Object.values(beside)),
    unit: "ns",
    goal: 100,
    beside,
  };
}

function repeat(call: () => unknown): void {
  for (let k = 0; k < CALLS; k++) call();
}

/** No rows if there is no compiler. */
export async function measureC(): Promise<Row[]> {
  if (!(await findToolchain(ROOT))) {
    console.error("No compiler for WebAssembly: the measurements of C are left out.");
    return [];
  }
  const libc = await compile("churn", []);
  const python = await compile("churn-python", ["-DFROM_PYTHON"]);
  const peers = [await onDlmalloc(libc), await onHeap("malloc", libc), await onHeap("PyMem_Malloc", python)];
  for (const peer of peers) peer.state = peer.fill(peer.slots, SLOTS, LOW, HIGH, peer.state);
  const candidates = peers.map((peer) => ({
    name: peer.name,
    run: () => {
      peer.state = peer.replace(peer.slots, SLOTS, LOW, HIGH, STEPS, peer.state);
    },
  }));
  const times = interleave(candidates, ROUNDS, WARMUPS);
  if (peers.some(({ state }) => state === 0)) throw new Error("Cannot measure C: an allocator ran out of memory");
  const beside = Object.fromEntries([...times].map(([name, values]) => [name, (median(values) / STEPS) * NANOSECONDS]));
  return [
    {
      what: "C: malloc and free, time / dlmalloc's",
      value: ratio(times, "malloc", "dlmalloc"),
      unit: "x",
      goal: 0.6,
      beside,
    },
    {
      what: "C: PyMem_Malloc and PyMem_Free, time / dlmalloc's",
      value: ratio(times, "PyMem_Malloc", "dlmalloc"),
      unit: "x",
      goal: 0.6,
    },
    await measureCalls(),
  ];
}
