// Figures about the objects of a heap, by type, and about sharing and caching.
//
//   bytes == types.bytes + userTypes.bytes                              live objects, with the blocks that only they own
//          + types.freeBytes + userTypes.freeBytes + spareKeys.bytes    kept for reuse
//          + interned.bytes + sharedKeys.bytes                          tables
//
// This sum equals, to the byte, what the object layer has requested from the mem and object domains. The account
// (alloc/stats.ts) counts the same blocks, each with the size of its size class.

import { TYPE_NAMES } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import type { Bridge } from "./bridge/bridge.js";

export interface TypeStats {
  /** Objects that exist. */
  readonly live: number;
  /**
   * Their bytes, with collector headers and with the blocks that only they own. Keys that several dicts share are
   * counted once.
   */
  readonly bytes: number;
  /** Blocks in the type's free list, and their bytes. */
  readonly free: number;
  readonly freeBytes: number;
  /** How often a block was taken from the free list. */
  readonly freeHits: number;
}

export interface UserTypeStats extends TypeStats {
  readonly name: string;
}

export interface ObjectStats {
  /** Built-in types, by name. Preallocated objects, which always exist, are not counted. */
  readonly types: Readonly<Record<string, TypeStats>>;
  /**
   * Instances of types that are not built in, in the order in which the types were defined: types of the program and of
   * its modules in C. After such a module was loaded, also the Python/C API's own types (functions, modules,
   * exceptions).
   */
  readonly userTypes: readonly UserTypeStats[];
  /** Interned strings: their number, how often an equal string was found in their table, and the bytes of the table. */
  readonly interned: { readonly strings: number; readonly hits: number; readonly bytes: number };
  /** The number of dicts that were made with existing keys, and the bytes of the table of shapes. */
  readonly sharedKeys: { readonly hits: number; readonly bytes: number };
  /** Tables of keys that are kept for reuse, and how often one was reused. */
  readonly spareKeys: { readonly free: number; readonly bytes: number; readonly hits: number };
  /** All bytes of the object layer in the mem and object domains. */
  readonly bytes: number;
  /** Handles that are in use. */
  readonly handles: number;
}

export function readObjectStats(bridge: Bridge): ObjectStats {
  const { f } = bridge;
  const types: Record<string, TypeStats> = {};
  TYPE_NAMES.forEach((name, kind) => {
    types[name] = readTypeStats((which) => f.type_figure(kind, which));
  });
  const userTypes = readUserTypes(bridge);
  const sharing = (which: number) => f.sharing_figure(which) >>> 0;
  const interned = {
    strings: sharing(C.INTERNED_STRINGS),
    hits: sharing(C.INTERNED_HITS),
    bytes: sharing(C.INTERNED_BYTES),
  };
  const sharedKeys = { hits: sharing(C.SHARED_KEYS_HITS), bytes: sharing(C.SHAPES_BYTES) };
  const spareKeys = {
    free: sharing(C.SPARE_KEYS),
    hits: sharing(C.SPARE_KEYS_HITS),
    bytes: sharing(C.SPARE_KEYS_BYTES),
  };
  const ofTypes = [...Object.values(types), ...userTypes].reduce((sum, type) => sum + type.bytes + type.freeBytes, 0);
  return {
    types,
    userTypes,
    interned,
    sharedKeys,
    spareKeys,
    bytes: ofTypes + spareKeys.bytes + interned.bytes + sharedKeys.bytes,
    handles: f.handle_count() >>> 0,
  };
}

function readTypeStats(read: (which: number) => number): TypeStats {
  const figure = (which: number) => read(which) >>> 0;
  return {
    live: figure(C.FIGURE_LIVE),
    bytes: figure(C.FIGURE_BYTES),
    free: figure(C.FIGURE_FREE),
    freeHits: figure(C.FIGURE_FREE_HITS),
    freeBytes: figure(C.FIGURE_FREE_BYTES),
  };
}

/** Goes through the ring of types, whose head is at the place of kind USER. */
function readUserTypes({ f, reader }: Bridge): UserTypeStats[] {
  reader.refresh();
  const result: UserTypeStats[] = [];
  const head = reader.typeOfKind(C.USER);
  for (let type = reader.word(head + C.TYPE_AFTER); type !== head; type = reader.word(type + C.TYPE_AFTER)) {
    const address = type;
    const name = reader.text(reader.word(address + C.TYPE_NAME));
    result.push({ name, ...readTypeStats((which) => f.type_figure_at(address, which)) });
  }
  return result;
}
