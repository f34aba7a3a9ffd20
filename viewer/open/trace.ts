// Reads a trace for a page. The page gets a picture of what was read so far, again and again, and at the end the whole.

import { buildPage, factsOf } from "../../src/page/build.js";
import { LIVE_SIZE, LIVE_SPANS } from "../../src/page/live-size.js";
import { Spans } from "../../src/page/spans.js";
import type { TraceMetadata } from "../../src/trace/format.js";
import { readTrace } from "../../src/trace/reader.js";
import type { Told } from "./messages.js";

/**
 * Milliseconds until the first picture. From one picture to the next: EVERY milliseconds, or PAUSE times what a picture
 * takes if that is longer.
 */
const FIRST = 700;
const EVERY = 600;
const PAUSE = 5;

/** The spans of a trace, and what its metadata say. */
class Noted extends Spans {
  facts: Partial<TraceMetadata> = {};

  override metadata(metadata: TraceMetadata): void {
    this.facts = metadata;
    super.metadata(metadata);
  }
}

export interface Reading {
  readonly name: string;
  /** Whether the recording is under way. If so, the last picture, too, has the size for a running program. */
  readonly isLive: boolean;
  readonly tell: (told: Told) => void;
}

/** Reads a trace to its end. Throws an error if it is not one, or if it has no allocations. */
export async function readInPictures(bytes: AsyncIterable<Uint8Array>, { name, isLive, tell }: Reading): Promise<void> {
  const spans = new Noted(isLive ? LIVE_SPANS : {});
  const began = performance.now();
  let next = began + FIRST;
  let seen = 0;
  const picture = (): void => {
    const begun = performance.now();
    if (spans.events === seen || begun < next) return;
    seen = spans.events;
    tell({ kind: "trace", data: buildPage(spans, factsOf(spans, spans.facts, null), LIVE_SIZE), isWhole: false });
    const ended = performance.now();
    next = ended + Math.max(EVERY, PAUSE * (ended - begun));
  };
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      yield chunk;
      picture();
    }
  }
  // A recording can pause after a chunk. A picture must then show this chunk, too.
  const timer = isLive ? setInterval(picture, EVERY) : undefined;
  try {
    const summary = await readTrace(watched(), name, spans);
    const { problem = null } = summary;
    if (spans.events === 0) throw new Error([`${name} has no allocations`, ...(problem ? [problem] : [])].join(". "));
    tell({
      kind: "trace",
      data: buildPage(spans, factsOf(spans, spans.facts, problem), isLive ? LIVE_SIZE : {}),
      isWhole: true,
    });
  } finally {
    clearInterval(timer);
  }
}
