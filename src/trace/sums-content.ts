// The sums of a recording so far, as they go from the program's thread to the one that writes the file.
//
//   content = JSON of the figures (a text), rows
//   row       node and domain, size, stamp, live, at the peak, - (six words), allocated, temporary (two doubles)
//
// A row is one of core/sums/sums.ts: the blocks of one stack, domain and size. Bytes follow from the numbers of blocks.

import { concatenated } from "../ground/bytes.js";
import { Accounts, type StartMeasures } from "./accounts.js";
import type { Analysis } from "./analysis.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import type { Figures } from "./figures.js";
import { SizeCounts } from "./size-counts.js";
import { Timeline, type TimelinePoint } from "./timeline.js";

/** The length of a row; its words before the doubles; and the bits of a site that are the domain. */
export const ROW = { bytes: 40, domainBits: 2 } as const;
const WORDS = ROW.bytes / 4;
const DOUBLES = ROW.bytes / 8;
const [SITE, SIZE, STAMP, LIVE, PEAK] = [0, 1, 2, 3, 4];
const [ALLOCATED, TEMPORARY] = [3, 4];

/** What is known of a recording besides its rows, its stacks and its collections. */
export interface SumsHead {
  /** The number of the newest peak. A row with an older one has at the peak what is live in it. */
  readonly stamp: number;
  readonly events: number;
  /** Allocations and their bytes are 0 here: they follow from the rows. */
  readonly figures: Figures;
  readonly timeline: readonly TimelinePoint[];
  readonly start?: StartMeasures | undefined;
  readonly programTime?: number;
}

/** Blocks of a row. */
export interface RowCounts {
  readonly live: number;
  readonly peak: number;
  readonly allocated: number;
  readonly temporary: number;
}

/** What totals are written of (totals-writer.ts). */
export type TotalsSource = Pick<
  Analysis,
  "tree" | "accounts" | "figures" | "timeline" | "sizes" | "collections" | "start" | "programTime" | "sample"
>;

export function encodeSums(head: SumsHead, parts: readonly Uint8Array[]): Uint8Array {
  const out = new ByteWriter();
  out.text(JSON.stringify(head));
  return concatenated([out.written, ...parts]);
}

/** Shows every row. The bytes begin at a multiple of 8 in their buffer. */
export function rowsOf(
  { buffer, byteOffset, length }: Uint8Array,
  visit: (size: number, counts: RowCounts, site: number) => void,
  stamp?: number,
): void {
  const words = new Uint32Array(buffer, byteOffset, length / 4);
  const doubles = new Float64Array(buffer, byteOffset, length / 8);
  for (let row = 0; row * ROW.bytes < length; row++) {
    const word = (k: number) => words[row * WORDS + k] as number;
    const double = (k: number) => doubles[row * DOUBLES + k] as number;
    const live = word(LIVE);
    const peak = word(STAMP) === stamp ? word(PEAK) : live;
    visit(word(SIZE), { live, peak, allocated: double(ALLOCATED), temporary: double(TEMPORARY) }, word(SITE));
  }
}

/** The sums of a recording whose stacks and collections an analysis has, and the number of its events. */
export function readSums(
  content: Uint8Array,
  { tree, collections, sample, start: none }: Analysis,
): TotalsSource & { readonly events: number } {
  const from = new ByteReader(content);
  const { stamp, events, figures, timeline: points, start = none, programTime } = from.json() as SumsHead;
  const [accounts, sizes, timeline] = [new Accounts(), new SizeCounts(), new Timeline()];
  for (const point of points) timeline.add(point);
  const sums = { ...figures, allocations: -figures.resizes };
  rowsOf(
    content.slice(from.position),
    (size, { live, peak, allocated, temporary }, site) => {
      const measure = (count: number) => ({ bytes: size * count, count });
      const end = measure(live);
      sums.allocations += allocated;
      sums.allocatedBytes += size * allocated;
      sizes.add(size, allocated);
      const domain = site & (2 ** ROW.domainBits - 1);
      accounts.include(accounts.of(site >>> ROW.domainBits, domain, size), {
        ...{ end, leaks: end, peak: measure(peak) },
        ...{ allocated: measure(allocated), temporary: measure(temporary) },
      });
    },
    stamp,
  );
  return { tree, accounts, figures: sums, timeline, sizes, collections, start, programTime, sample, events };
}
