// The objects of a heap in figures, by type, and what sharing saves.

import type { WholeFunctions } from "./module.js";
import { TYPE_NAMES } from "./reader.js";

export interface TypeStats {
  /** Objects that exist. */
  readonly live: number;
  /** Their bytes, with collector headers and the blocks that are theirs alone. */
  readonly bytes: number;
  /** Blocks in the type's free list. */
  readonly free: number;
  /** How often one was taken from there. */
  readonly freeHits: number;
}

export interface ObjectStats {
  /** Built-in types by name; preallocated objects, which are always there, are not counted. */
  readonly types: Readonly<Record<string, TypeStats>>;
  /** Strings of which there is only one with their text, and how often one was there already. */
  readonly interned: { readonly strings: number; readonly hits: number };
  /** How many dicts were made with keys that others had already, and free tables of keys. */
  readonly sharedKeys: { readonly hits: number };
  readonly spareKeys: number;
  /** Handles that are in use. */
  readonly handles: number;
}

export function readObjectStats(f: WholeFunctions): ObjectStats {
  const types: Record<string, TypeStats> = {};
  TYPE_NAMES.forEach((name, kind) => {
    const figure = (which: number) => f.type_figure(kind, which) >>> 0;
    types[name] = { live: figure(0), bytes: figure(1), free: figure(2), freeHits: figure(3) };
  });
  const sharing = (which: number) => f.sharing_figure(which) >>> 0;
  return {
    types,
    interned: { strings: sharing(0), hits: sharing(1) },
    sharedKeys: { hits: sharing(2) },
    spareKeys: sharing(3),
    handles: f.handle_count() >>> 0,
  };
}
