// examples/c/tally.c, and the programs in docs/c-extensions.md that use it.

import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { canCompile, ROOT } from "../needs.js";
import { build } from "./build.js";

describe.runIf(canCompile)("the example of a type in C", () => {
  it("does what the page says", async () => {
    const [, code = ""] =
      readFileSync(`${ROOT}docs/c-extensions.md`, "utf8").match(/```typescript\n([\s\S]*?)```/) ?? [];
    const path = await build("tally", readFileSync(`${ROOT}examples/c/tally.c`, "utf8"));
    const heap = await Heap.create({ allocator: "debug" });
    const printed: string[] = [];
    const console = { log: (...values: unknown[]) => printed.push(values.map((value) => format(value)).join(" ")) };
    const text = transformSync(code.replace('"tally.wasm"', "path"), { loader: "ts" }).code;
    const run = new Function("heap", "path", "console", `return (async () => { ${text} })()`);
    await run(heap, path, console);
    expect(printed).toEqual([
      `6 {'to': 2, 'be': 2, 'or': 1, 'not': 1} ${format({ live: 1, bytes: 24 })}`,
      "TypeError: cannot use 'list' as a dict key (unhashable type: 'list')",
      format({ leaks: [], blocks: 0, bytes: 0, exact: true, objects: 0 }),
    ]);
    heap.check();
  });
});

function format(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
