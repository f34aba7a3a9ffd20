// The messages between `pyheap image create` and the thread in which the interpreter of the image runs.

import type { Wanted } from "./packages/provider.js";
import type { PackageRequest } from "./protocol.js";

/** Code that runs before the image is made. */
export interface Step {
  readonly code: string;
  readonly filename: string;
}

export interface ImageOrder {
  readonly steps: readonly Step[];
  /** Absolute folders of PYTHONPATH, and those of a virtual environment's packages. */
  readonly paths: readonly string[];
  readonly sites: readonly string[];
  /** The path of the file that is run, and its folder, both as Python sees them; undefined: there is none. */
  readonly script: string | undefined;
  readonly folder: string | undefined;
  readonly compress: boolean;
  /** The folder of the Pyodide that the image is made with; undefined: the one that comes with pyheap. */
  readonly pyodide: string | undefined;
  /** undefined: no packages can be had. */
  readonly packages: PackageRequest | undefined;
  readonly shared: SharedArrayBuffer;
}

export type ImageMessage =
  | { readonly kind: "provide"; readonly wanted: readonly Wanted[] }
  | { readonly kind: "image"; readonly image: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly why: string };
