// The effect of each policy of object types: the same work on a heap with all policies and on one without that policy,
// in turn.
//
// The work is what a program does with records: it makes them, reads their names character by character, counts the
// characters and pairs of small numbers in a dict, and releases everything.

import { type FromJS, Heap, type Policies, type PyList } from "../src/index.js";
import { interleave, ratio } from "./measure.js";
import type { Row } from "./micro.js";
import { type Item, recordsText } from "./records.js";

const POLICIES = [
  "smallInts",
  "characters",
  "interning",
  "freeLists",
  "keySharing",
] as const satisfies readonly (keyof Policies)[];
const ROUNDS = 9;
const WARMUPS = 2;
const RECORDS = 5000;

/** Counts the characters of the records' names, and pairs of small numbers. */
function count(heap: Heap, records: PyList<FromJS<Item>>): void {
  heap.scope(() => {
    const counts = heap.dict<unknown, number>();
    for (const record of records) {
      heap.scope(() => {
        using name = heap.str(record.get("name") as string);
        for (const character of name) counts.set(character, (counts.get(character) ?? 0) + 1);
        using pair = heap.tuple([name.length, record.size]);
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
        record.release();
      });
    }
  });
}

export async function measurePolicies(): Promise<Row[]> {
  const value = JSON.parse(recordsText(RECORDS)) as Item[];
  const rows: Row[] = [];
  for (const policy of POLICIES) {
    const heaps = { all: await Heap.create(), without: await Heap.create({ policies: { [policy]: false } }) };
    const live = new Map<string, number>();
    const candidates = Object.entries(heaps).map(([name, heap]) => ({
      name,
      run: () => {
        using records = heap.from(value);
        const account = heap.stats().account.live;
        live.set(name, account.mem + account.object);
        count(heap, records);
      },
    }));
    const times = interleave(candidates, ROUNDS, WARMUPS);
    const bytes = (live.get("without") ?? Number.NaN) / (live.get("all") ?? Number.NaN);
    rows.push({
      what: `work on records without ${policy}, time / with it`,
      value: ratio(times, "without", "all"),
      unit: "x",
      beside: { "bytes / with it": bytes },
    });
  }
  return rows;
}
