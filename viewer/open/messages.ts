// What is said between a page and the worker that reads for it.

import type { PageData } from "../../src/page/model.js";
import type { NamedGraph } from "../../src/page/snapshot-wire.js";

/** What the worker is asked for: to read files, or a recording that comes in pieces. */
export type Asked =
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "begin"; readonly name: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "end" };

/** What the worker answers. */
export type Told =
  /** The share of the file that was read, from 0 to 1. */
  | { readonly kind: "progress"; readonly share: number }
  /** What a page shows of a trace; if it is not whole, of as much as was read so far. */
  | { readonly kind: "trace"; readonly data: PageData; readonly isWhole: boolean }
  /** What a page shows of an image of Python. */
  | { readonly kind: "image"; readonly data: PageData }
  | { readonly kind: "snapshots"; readonly snapshots: readonly NamedGraph[] }
  /** Nothing can be shown; or nothing more. */
  | { readonly kind: "problem"; readonly text: string };

/** What a worker says: that it has started, and then its answers. */
export type FromWorker = Told | { readonly kind: "ready" };
