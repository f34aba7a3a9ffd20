// The format of recordings with types, and what readers make of it.

import { describe, expect, it } from "vitest";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { decodePage, encodePage } from "../src/page/wire.js";
import { analyse } from "../src/report.js";
import { VIEWS } from "../src/trace/accounts.js";
import { analyse as analyseTrace } from "../src/trace/analysis.js";
import { BLOCK, FILE_HEADER, MAGIC } from "../src/trace/format.js";
import { readWholeTrace } from "../src/trace/reader.js";
import { sampleTrace } from "./mutations.js";
import { SEED } from "./random.js";
import { Tape } from "./trace-data.js";
import { typedTrace } from "./typed-traces.js";

const versionOf = (bytes: Uint8Array) => bytes[MAGIC.length];

const NO_OBJECT = "(buffers of objects: mem domain)";

describe(`a recording with types (PYHEAP_SEED=${SEED})`, () => {
  const [trace, sums] = [false, true].map((aggregate) => typedTrace({ seed: SEED, steps: 2000, aggregate })) as [
    Uint8Array,
    Uint8Array,
  ];

  it("has its own version and its own block; other recordings are as before", async () => {
    expect([versionOf(trace), versionOf(sums)]).toEqual([4, 4]);
    const { bytes } = await sampleTrace({ steps: 10 });
    expect(versionOf(bytes)).toBe(3);
    // The kind of each block of the file.
    const kinds: number[] = [];
    for (let at = FILE_HEADER; at < trace.length; ) {
      kinds.push(trace[at] as number);
      at += 12 + new DataView(trace.buffer, trace.byteOffset).getUint32(at + 4, true);
    }
    expect(kinds).toEqual([BLOCK.metadata, BLOCK.functions, BLOCK.types, BLOCK.events, BLOCK.end]);
  });

  it("adds up, by type and by place, in every view; as totals, too", async () => {
    for (const at of VIEWS) {
      const [byType, plain, totals] = [
        await analyse(trace, { at, byType: true }),
        await analyse(trace, { at }),
        await analyse(sums, { at, byType: true }),
      ];
      const sum = (groups: readonly { readonly own: { readonly bytes: number } }[]) =>
        groups.reduce((all, { own }) => all + own.bytes, 0);
      expect(byType.groups("type")).toEqual(totals.groups("type"));
      expect(sum(byType.groups("type"))).toBe(sum(plain.groups("line")));
      // Objects count at the line that made them.
      expect(byType.groups("line").map(({ label, own }) => [label, own])).toEqual(
        plain.groups("line").map(({ label, own }) => [label, own]),
      );
      // The random program decides whether a view has objects: few die at once.
      const hasObjects = byType.groups("type").some(({ label }) => label !== NO_OBJECT);
      const untyped = plain.groups("type").map(({ label }) => label);
      expect(untyped.includes("(no object: object domain)")).toBe(hasObjects);
    }
    const types = (await analyse(trace, { at: "allocated", byType: true })).groups("type").map(({ label }) => label);
    expect(types.sort()).toEqual([NO_OBJECT, "app.Point", "list", "str"]);
  });

  it("has types in the exports that have a place for them", async () => {
    const report = await analyse(trace, { at: "allocated", byType: true });
    const csv = await (await report.export("csv")).text();
    const [head = "", first = ""] = csv.split("\r\n");
    expect(head).toMatch(/,type$/);
    expect(first).toMatch(/load,app\.py,\d+,load \(app\.py:\d+\),(app\.Point|str|list|)$/);
    const json = JSON.parse(await (await report.export("json")).text()) as { functions: { isType?: boolean }[] };
    expect(json.functions.filter(({ isType }) => isType)).toHaveLength(3);
    const collapsed = await (await report.export("collapsed")).text();
    expect(collapsed).toMatch(/load[^;]*;app\.Point \d+/);
    // Without types, files are as before.
    const plain = await analyse(trace, { at: "allocated" });
    expect((await (await plain.export("csv")).text()).split("\r\n")[0]).not.toMatch(/type/);
    expect(await (await plain.export("collapsed")).text()).not.toMatch(/Point/);
  });

  it("is shown by types in text", async () => {
    const { text } = await analyse(trace, { at: "end", byType: true });
    expect(text.table({ by: "type" })).toMatch(/app\.Point\n/);
    // Memory of no object can be the most: the random program decides, so every row is looked at.
    expect(text.stacks({ rows: 100 })).toMatch(/\n {4}(app\.Point|str|list)\n {4}from load app\.py:1\d/);
    const [, types = ""] = text.stats().split(/\nTypes\n/);
    const [rows = ""] = types.split("\n\n");
    for (const type of ["app.Point", "list", "str", NO_OBJECT]) expect(rows).toContain(`  ${type}`);
  });

  it("has types on the page: of stacks, and of blocks at every moment", () => {
    const spans = new Spans();
    const { metadata } = readWholeTrace([trace], "the trace", spans);
    const { command, started, sample } = metadata;
    const page = decodePage(encodePage(buildPage(spans, { command, started, python: null, sample, problem: null })));
    const { header, nodes, accounts, blocks } = page;
    expect(header.types).toEqual(expect.arrayContaining(["app.Point", "list", "str"]));
    expect(blocks.types.length).toBe(blocks.addresses.length);
    blocks.types.forEach((type, block) => {
      const node = accounts.nodes[blocks.accounts[block] as number] as number;
      const f = header.functions[nodes.functions[node] as number];
      expect(type === 0 ? undefined : header.types?.[type - 1]).toBe(f?.isType ? f.name : undefined);
    });
  });

  it("is refused by type if types were not recorded", async () => {
    const { bytes } = await sampleTrace({ steps: 10 });
    await expect(analyse(bytes, { name: "old.trace", byType: true })).rejects.toThrow(
      "Cannot report old.trace by type: it was recorded without types (run --trace FILE --types)",
    );
  });

  it("is refused by a reader of an older version, which names both", async () => {
    const newer = trace.slice();
    newer[MAGIC.length] = 6;
    const tape = new Tape();
    tape.write(newer);
    await expect(tape.analyse()).rejects.toThrow("its format is version 6, this pyheap reads 1 to 5");
    expect((await analyseTrace([trace], "the trace")).summary.problem).toBeUndefined();
  });
});
