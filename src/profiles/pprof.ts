// A heap profile in the form that Go gives it: for each stack, what was allocated, and what is live. Written in pprof's
// profile.proto, not compressed.
//
// Source: runtime/pprof of Go, whose profiles "heap" and "allocs" have the same four values, and differ in the one that is
// shown first.

import { Profile } from "pprof-format";
import { NANOSECONDS_PER_MILLISECOND, PprofLists } from "../report/export/pprof-lists.js";
import { nodesOf, PerFrame } from "../report/export/stacks.js";
import type { HeapProfile } from "./continuous.js";

/** The value that is shown first: what is live, or what was allocated. */
export type ShownFirst = "inuse_space" | "alloc_space";

/** The bytes of a profile, in pieces. */
export function* pprofOf(
  { tree, stacks, began, duration, sample }: HeapProfile,
  first: ShownFirst,
): Generator<Uint8Array> {
  const lists = new PprofLists();
  yield lists.sampleType("alloc_objects", "count");
  yield lists.sampleType("alloc_space", "bytes");
  yield lists.sampleType("inuse_objects", "count");
  yield lists.sampleType("inuse_space", "bytes");
  const ids = new PerFrame(tree, (f, line) => lists.addLocation(f, line));
  for (const { node, allocCount, allocBytes, liveCount, liveBytes } of stacks) {
    const places = Array.from(nodesOf(tree, node), (at) => ids.of(at));
    yield lists.sample(places, [allocCount, allocBytes, liveCount, liveBytes]);
  }
  yield* lists.rest(
    "heap",
    (stringTable) =>
      new Profile({
        stringTable,
        timeNanos: BigInt(began + duration) * NANOSECONDS_PER_MILLISECOND,
        durationNanos: BigInt(duration) * NANOSECONDS_PER_MILLISECOND,
        periodType: lists.valueType("space", "bytes"),
        period: Math.max(1, sample),
        defaultSampleType: lists.text(first),
      }),
  );
}
