// The built module: it contains nothing but code.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const bytes = readFileSync(new URL("../build/core.wasm", import.meta.url));
const SECTION = { global: 6, element: 9, data: 11, dataCount: 12 } as const;

function leb(at: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, next: at };
  }
}

/** The beginning and the end of each section's content. */
function sections(): Map<number, { start: number; end: number }> {
  const found = new Map<number, { start: number; end: number }>();
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at] ?? 0;
    const { value, next } = leb(at + 1);
    found.set(id, { start: next, end: next + value });
    at = next + value;
  }
  return found;
}

describe("build/core.wasm", () => {
  it("has no data and no elements", () => {
    const found = sections();
    expect(found.has(10)).toBe(true);
    for (const id of [SECTION.data, SECTION.dataCount, SECTION.element]) expect(found.has(id)).toBe(false);
  });

  it("has no global of its own: all state is in memory", () => {
    expect(sections().has(SECTION.global)).toBe(false);
  });

  it("imports a memory, a table, its address and eleven functions", () => {
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
    const names = imports.map(({ module, name, kind }) => `${kind} ${module}.${name}`).sort();
    expect(names).toEqual([
      "function host.fault",
      "function host.site",
      "function host.traceCode",
      "function host.traceFlush",
      "function host.traceGap",
      "function host.traceLine",
      "function host.traceNow",
      "function host.traceStack",
      "function host.traceType",
      "function host.visit",
      "function host.watermark",
      "global host.control",
      "memory env.memory",
      "table env.table",
    ]);
  });

  it("has at most 12 KB, gzipped", () => {
    expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(12_000);
  });
});
