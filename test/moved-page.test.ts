// What a worker sends to a page: the memory of its columns is moved, and the worker's own data stay as they are.

import { expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { buildPage, factsOf } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { encodePage } from "../src/page/wire.js";
import { readTrace } from "../src/trace/reader.js";
import { movable } from "../viewer/open/moved.js";

it("moves all columns, and the worker keeps its own", async () => {
  const heap = await Heap.create();
  const trace: Uint8Array[] = [];
  const recording = heap.trace({ write: (bytes) => void trace.push(bytes.slice()) });
  for (let k = 0; k < 100; k++) heap.mem.malloc(8 + k);
  recording.stop();
  const spans = new Spans();
  const { metadata } = await readTrace(trace, "a trace", spans);
  const data = buildPage(spans, factsOf(spans, metadata, null));
  const before = encodePage(data);
  const sent = movable(data);
  expect(encodePage(sent.data)).toEqual(before);
  expect(sent.data.blocks.addresses).toHaveLength(100);
  const received = structuredClone(sent.data, { transfer: sent.memory });
  expect(encodePage(received)).toEqual(before);
  // Moved, and not copied: the sender's are gone.
  const { nodes, accounts, rows, crossings, blocks, arenas, pools } = sent.data;
  const columns = [nodes, accounts, rows, crossings, blocks, arenas, pools].flatMap((part) =>
    Object.values(part).filter((value) => ArrayBuffer.isView(value)),
  );
  expect(columns.length).toBe(sent.memory.length);
  expect(columns.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(0);
  expect(encodePage(data)).toEqual(before);
});
