// pyheap/vitest, used as its users use it.

import { beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { heapMatchers, type Size } from "../src/vitest.js";
import { failing } from "./failing.js";

interface Matchers<R> {
  toAllocateLessThan(size: Size): R;
  toPeakBelow(size: Size): R;
  toLeaveNothing(options?: { warmUps?: number }): R;
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: the parameter is vitest's own.
  interface Assertion<T = any> extends Matchers<T> {}
}

describe("expect(function)", () => {
  let heap: Heap;
  function burst(count: number) {
    for (let k = 0; k < count; k++) heap.free(heap.malloc(1000));
  }
  function keep(count: number) {
    for (let k = 0; k < count; k++) heap.malloc(1000);
  }

  beforeAll(async () => {
    heap = await Heap.create();
    expect.extend(heapMatchers(heap) as unknown as Parameters<typeof expect.extend>[0]);
  });

  it("toAllocateLessThan and toPeakBelow count what it allocates in all, and what is live at once", async () => {
    expect(() => burst(10)).toAllocateLessThan("11 kB");
    expect(() => burst(10)).toPeakBelow(1001);
    expect(() => burst(10)).not.toPeakBelow(1000);
    await expect(async () => burst(10)).toAllocateLessThan(10_001);
    expect(await failing(() => expect(() => burst(10)).toAllocateLessThan("10 kB"))).toMatch(
      /^it allocated 9\.8 KiB, not less than 9\.8 KiB:\n {2}9\.8 KiB in 10 blocks\n {4}burst \S+matchers\.test\.ts:\d+\n {4}from /,
    );
    expect(await failing(() => expect(() => burst(10)).not.toPeakBelow("1 MB"))).toMatch(
      /^it took 1000 B, less than 976\.6 KiB:\n {2}1000 B in 1 block\n/,
    );
  });

  it("toLeaveNothing names who left something, after a run that fills caches", async () => {
    expect(() => burst(10)).toLeaveNothing();
    const cache: number[] = [];
    const cached = () => {
      if (cache.length === 0) cache.push(heap.malloc(100));
    };
    expect(cached).toLeaveNothing();
    cache.length = 0;
    expect(await failing(() => expect(cached).toLeaveNothing({ warmUps: 0 }))).toMatch(/^it left 100 B in 1 block:\n/);
    const later = async () => {
      await null;
      keep(3);
    };
    expect(await failing(() => expect(later).toLeaveNothing())).toMatch(
      /^it left 2\.9 KiB in 3 blocks:\n {2}2\.9 KiB in 3 blocks\n {4}keep \S+matchers/,
    );
    expect(() => {
      const list = heap.list<unknown>();
      list.push(list);
      list[Symbol.dispose]();
    }).toLeaveNothing();
  });

  it("names who left something if the test runner writes stacks in a form of its own, as jest does", async () => {
    const engine = Error as { prepareStackTrace?: unknown };
    const before = engine.prepareStackTrace;
    const prepare = () => "a form of its own";
    engine.prepareStackTrace = prepare;
    try {
      const message = await failing(() => expect(() => keep(2)).toLeaveNothing());
      expect(message).toMatch(/^it left 2\.0 KiB in 2 blocks:\n {2}2\.0 KiB in 2 blocks\n {4}keep \S+matchers/);
      expect(engine.prepareStackTrace).toBe(prepare);
    } finally {
      engine.prepareStackTrace = before;
    }
  });

  it("lets errors through, and says what is not a function or a size", async () => {
    const fails = () => {
      heap.malloc(8);
      throw new Error("its own error");
    };
    expect(await failing(() => expect(fails).toPeakBelow(1))).toBe("its own error");
    expect(await failing(() => expect(async () => fails()).toPeakBelow(1))).toBe("its own error");
    expect(heap.isTracing).toBe(false);
    expect(await failing(() => expect(12).toLeaveNothing())).toBe("Cannot test the memory of 12: it is not a function");
    expect(await failing(() => expect(fails).toPeakBelow("much"))).toBe(
      'much is not a size, such as "1 MB" or "64 KiB"',
    );
  });
});
