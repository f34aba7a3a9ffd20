// libpyheap as a program's malloc, compared with wasi-libc's dlmalloc: the same program, linked with either.

import { fileURLToPath } from "node:url";
import { LIBPYHEAP, opened, program } from "../test/library/build.js";
import { canLinkWasi } from "../test/needs.js";
import { interleave, median, ratio } from "./measure.js";
import type { Row } from "./micro.js";

interface Churn {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (n: number) => number;
  readonly fill: (slots: number, count: number, low: number, high: number, state: number) => number;
  readonly replace: (slots: number, count: number, low: number, high: number, steps: number, state: number) => number;
}

const SOURCE = fileURLToPath(new URL("../../bench/c/churn.c", import.meta.url));
const SLOTS = 8192;
const [STEPS, ROUNDS, WARMUPS] = [200_000, 21, 5];
const NANOSECONDS = 1e6;
const MIB = 2 ** 20;
const FLAGS = ["-mexec-model=reactor", ...["fill", "replace", "malloc"].map((name) => `-Wl,--export=${name}`)];

/** Random blocks of 1 to `high` bytes are replaced: the time of one replacement, and the memory of the program at the end. */
async function measure(high: number): Promise<Row[]> {
  const libraries = { libpyheap: [LIBPYHEAP], dlmalloc: [] };
  const memories: Record<string, number> = {};
  const candidates: { name: string; run: () => void }[] = [];
  const ends: (() => void)[] = [];
  for (const [name, files] of Object.entries(libraries)) {
    const churn = opened(await program(SOURCE, files, FLAGS)) as unknown as Churn;
    const slots = churn.malloc(SLOTS * 4);
    let state = churn.fill(slots, SLOTS, 1, high, 12345);
    const run = () => {
      state = churn.replace(slots, SLOTS, 1, high, STEPS, state);
    };
    candidates.push({ name, run });
    ends.push(() => {
      if (state === 0) throw new Error(`Cannot measure ${name}: it ran out of memory`);
      memories[name] = churn.memory.buffer.byteLength / MIB;
    });
  }
  const times = interleave(candidates, ROUNDS, WARMUPS);
  for (const end of ends) end();
  const each = [...times].map(([name, values]) => [name, (median(values) / STEPS) * NANOSECONDS] as const);
  const { libpyheap = Number.NaN, dlmalloc = Number.NaN } = memories;
  const what = `libpyheap: replace blocks of 1 to ${high} bytes`;
  return [
    {
      what: `${what}, time / wasi-libc's`,
      value: ratio(times, "libpyheap", "dlmalloc"),
      unit: "x",
      beside: Object.fromEntries(each),
    },
    { what: `${what}, memory / wasi-libc's`, value: libpyheap / dlmalloc, unit: "x", beside: memories },
  ];
}

/** No rows if there is no compiler, or no C library. */
export async function measureLibrary(): Promise<Row[]> {
  if (!canLinkWasi) {
    console.error("No clang, or no C library for WASI: the measurements of libpyheap are left out.");
    return [];
  }
  return [...(await measure(256)), ...(await measure(4096))];
}
