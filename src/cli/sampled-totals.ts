// The samples of an aggregated recording, summed up in the main thread.

import { Analysis } from "../trace/analysis.js";
import { TraceFeed } from "../trace/feed.js";
import type { TraceEnd } from "../trace/format.js";
import { totalsWriter, writeTotals } from "../trace/totals-writer.js";
import type { TraceSink } from "../trace/writer.js";
import type { Recorded } from "./aggregated-file.js";

export class SampledTotals implements Recorded {
  readonly #analysis = new Analysis({ byType: true });
  readonly #feed = new TraceFeed(this.#analysis);

  take(bytes: Uint8Array): void {
    this.#feed.push(bytes);
  }

  write(to: TraceSink, end: TraceEnd | undefined = this.#feed.end): void {
    const { metadata, events } = this.#feed;
    if (!metadata) return;
    const writer = totalsWriter(to, metadata);
    writeTotals(writer, this.#analysis);
    if (end) writer.end({ ...end, events });
  }
}
