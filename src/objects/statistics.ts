// The objects of a heap in figures, by type, and what sharing and caching do.
//
//   bytes == types.bytes + userTypes.bytes                              live objects, with the blocks that are theirs alone
//          + types.freeBytes + userTypes.freeBytes + spareKeys.bytes    kept for the next ones
//          + interned.bytes + sharedKeys.bytes                          tables
//
// which is to the byte what the object layer has asked of the mem and object domains; the account (stats.ts) has the same blocks,
// each with its size class.

import { TYPE_NAMES } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import type { Bridge } from "./bridge/bridge.js";

export interface TypeStats {
  /** Objects that exist. */
  readonly live: number;
  /** Their bytes, with collector headers and the blocks that are theirs alone. Keys that dicts share are counted once. */
  readonly bytes: number;
  /** Blocks in the type's free list, and their bytes. */
  readonly free: number;
  readonly freeBytes: number;
  /** How often one was taken from there. */
  readonly freeHits: number;
}

export interface UserTypeStats extends TypeStats {
  readonly name: string;
}

export interface ObjectStats {
  /** Built-in types by name; preallocated objects, which are always there, are not counted. */
  readonly types: Readonly<Record<string, TypeStats>>;
  /**
   * Instances of types that are not built in, in the order of their definition: the program's, and those of its modules in C. Once such a module was
   * loaded, also of the Python/C API's own (functions, modules, exceptions).
   */
  readonly userTypes: readonly UserTypeStats[];
  /** Strings of which there is only one with their text, how often one was there already, and the bytes of the table of them. */
  readonly interned: { readonly strings: number; readonly hits: number; readonly bytes: number };
  /** How many dicts were made with keys that others had already, and the bytes of the table of shapes. */
  readonly sharedKeys: { readonly hits: number; readonly bytes: number };
  /** Tables of keys that are kept for the next dicts, and how often one was taken. */
  readonly spareKeys: { readonly free: number; readonly bytes: number; readonly hits: number };
  /** All bytes that the object layer has in the mem and object domains. */
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
