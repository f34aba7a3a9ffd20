// The sums of an aggregated recording, as they are in its file. While it runs, the program's thread sends all sums so far,
// again and again, to the thread that writes the file.
//
//   content = JSON of the figures (a text), timeline, collections (records.ts), rows
//   row       site, minus that of the row before, of either sign; then size, live, at the peak, allocated, temporary
//
// A row has the blocks of one stack, domain and size (core/sums/sums.ts): their numbers, from which bytes follow. A site is
// node << 2 | domain.

import * as C from "../core/constants.gen.js";
import { concatenated } from "../ground/bytes.js";
import type { Measure, StartMeasures, View } from "./accounts.js";
import { BrokenContent, ByteReader, ByteWriter } from "./bytes.js";
import type { CollectionPoint } from "./collections.js";
import type { Figures } from "./figures.js";
import { COLLECTION, POINT, readNamed, writeNamed } from "./records.js";
import { sizeClassOf } from "./size-class.js";
import { SizeCounts } from "./size-counts.js";
import type { TimelinePoint } from "./timeline.js";
import { checkFacts, type TotalsConsumer } from "./totals.js";

const DOMAIN_BITS = C.BATCH_DOMAIN_BITS;
const MOST = 2 ** 32;

/** What is known of a recording besides its rows and its stacks. */
export interface SumsHead {
  readonly events: number;
  /** Allocations and their bytes are 0 here: they follow from the rows. */
  readonly figures: Figures;
  readonly start?: StartMeasures | undefined;
  readonly programTime?: number;
}

/** The sums of a recording. */
export interface SumsContent {
  readonly head: SumsHead;
  readonly timeline: readonly TimelinePoint[];
  /** The rows, encoded, in pieces. */
  readonly rows: readonly Uint8Array[];
}

/** Numbers of a row's blocks. */
interface RowCounts {
  readonly live: number;
  readonly peak: number;
  readonly allocated: number;
  readonly temporary: number;
}

export function encodeSums({ head, timeline, rows }: SumsContent, collections: readonly CollectionPoint[]): Uint8Array {
  const out = new ByteWriter();
  out.text(JSON.stringify(head));
  writeNamed(out, POINT, timeline);
  writeNamed(out, COLLECTION, collections);
  return concatenated([out.written, ...rows]);
}

/** Shows every row. Throws BrokenContent for impossible values. */
function readRows(rows: Uint8Array, visit: (size: number, counts: RowCounts, site: number) => void): void {
  const from = new ByteReader(rows);
  let site = 0;
  while (!from.atEnd) {
    site = (site + from.signed()) >>> 0;
    const size = from.number();
    if (size >= MOST) throw new BrokenContent("a sum has an impossible size");
    const [live, peak, allocated, temporary] = [from.number(), from.number(), from.number(), from.number()];
    visit(size, { live, peak, allocated, temporary }, site);
  }
}

/**
 * Passes the sums to a consumer that has got the recording's stacks, `nodes` in number. Returns the number of events. Throws
 * BrokenContent for impossible values.
 */
export function readSums(content: Uint8Array, nodes: number, to: TotalsConsumer): number {
  const from = new ByteReader(content);
  const head = from.json() as SumsHead;
  const { events, figures, start, programTime } = { ...head, ...checkFacts(head) };
  if (!(events >= 0)) throw new BrokenContent("its sums lack a field");
  const timeline = readNamed(from, POINT);
  const collections = readNamed(from, COLLECTION);
  const rows = content.subarray(from.position);
  const [sizes, whole] = [new SizeCounts(), { ...figures, allocations: -figures.resizes }];
  readRows(rows, (size, { allocated }) => {
    whole.allocations += allocated;
    whole.allocatedBytes += size * allocated;
    sizes.add(size, allocated);
  });
  to.whole({
    ...{ figures: whole, sizes: [...sizes], timeline, collections },
    ...(start && { start }),
    ...(programTime !== undefined && { programTime }),
  });
  readRows(rows, (size, counts, site) => {
    const [node, domain] = [site >>> DOMAIN_BITS, site & (2 ** DOMAIN_BITS - 1)];
    if (node > nodes) throw new BrokenContent("a sum has a stack that is not there");
    to.account(node, domain, sizeClassOf(size), measuresOf(size, counts));
  });
  return events;
}

function measuresOf(size: number, { live, peak, allocated, temporary }: RowCounts): Record<View, Measure> {
  const measure = (count: number) => ({ bytes: size * count, count });
  const end = measure(live);
  return {
    ...{ end, leaks: end, peak: measure(peak) },
    ...{ allocated: measure(allocated), temporary: measure(temporary) },
  };
}
