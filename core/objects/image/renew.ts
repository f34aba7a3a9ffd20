// For a heap that comes from outside: writes anew all parts that are the same in every heap (in the control block, in
// the state of objects, in the types). So these parts need no verification.

import { arenas } from "../../alloc/arena";
import { base_free, base_malloc } from "../../alloc/base";
import { setDefaultAllocators, usesPools } from "../../alloc/domains";
import { smallOf } from "../../alloc/small";
import { CONTROL, CONTROL_BYTES, DEBUG_AT, head, LAYOUT_VERSION, MAGIC } from "../../ground/control";
import { INTERNAL, LIBC, MEM } from "../../ground/domains.gen";
import { clampEnd, OWN, platform } from "../../ground/platform";
import { debug } from "../../hooks/debug";
import { objects_begin } from "../begin";
import { collector } from "../collector/state";
import { handles } from "../model/handles";
import { USER } from "../model/kinds.gen";
import { settings } from "../model/settings";
import { at, COLLECTOR_AT, HANDLES_AT, SHAPES_AT, STATE_BYTES, TUPLES_AT } from "../model/state";
import {
  HAS_GC,
  HAS_HASHED,
  HAS_OBJECT_ITEMS,
  IS_HEAP_TYPE,
  IS_PLAIN,
  IS_READY,
  PyObject,
  PyType,
  typeOf,
} from "../model/type";
import { freeMaxOf, slotsAtOf, type_begin } from "../types/user-type";
import { MOST } from "./claims";

/**
 * Writes the control block anew: a heap in its own memory, nothing under way, the core's own allocators. False if the block is not that of
 * a heap of this version in its own memory.
 */
export function renewControl(tableBase: u32): bool {
  const h = head();
  const p = platform();
  if (h.magic != MAGIC || h.version != LAYOUT_VERSION || p.kind != OWN || p.base != CONTROL) return false;
  h.tableBase = tableBase;
  h.stateBytes = <u32>STATE_BYTES;
  p.end = clampEnd(0);
  p.limit = ~0;
  p.peak = p.reserved;
  p.watermark = ~0;
  p.lowMark = 0;
  // Blocks in pools must be freed there, whichever allocator serves the domains next.
  const pools = usesPools() || arenas().count != 0;
  memory.fill(CONTROL + DEBUG_AT, 0, CONTROL_BYTES - DEBUG_AT);
  debug().begin();
  arenas().ctx = 0;
  arenas().begin();
  setDefaultAllocators(false, pools);
  for (let domain = MEM; domain <= LIBC; domain++) smallOf(domain).domain = domain;
  return true;
}

/** The variable parts of the state: handles and interned strings; the collector's lists, settings and figures. */
const NAMES_BYTES: usize = SHAPES_AT - HANDLES_AT;
const LISTS_BYTES: usize = TUPLES_AT - COLLECTOR_AT;

/**
 * Writes the state of objects as in a new heap, except for its variable parts. False if there is no memory to save the
 * variable parts meanwhile.
 */
export function renewState(): bool {
  const kept = base_malloc(INTERNAL, NAMES_BYTES + LISTS_BYTES);
  if (kept == 0) return false;
  memory.copy(kept, at(HANDLES_AT), NAMES_BYTES);
  memory.copy(kept + NAMES_BYTES, at(COLLECTOR_AT), LISTS_BYTES);
  const s = settings();
  const key0 = s.hashKey0;
  const key1 = s.hashKey1;
  const policies = s.policies;
  const ring = typeOf(USER);
  const before = ring.before;
  const after = ring.after;
  memory.fill(at(CONTROL_BYTES), 0, STATE_BYTES - CONTROL_BYTES);
  objects_begin(key0, key1, policies);
  ring.before = before;
  ring.after = after;
  memory.copy(at(HANDLES_AT), kept, NAMES_BYTES);
  memory.copy(at(COLLECTOR_AT), kept + NAMES_BYTES, LISTS_BYTES);
  const c = collector();
  c.debug = 0;
  c.garbage = null;
  c.result = null;
  c.wanted = null;
  const h = handles();
  h.stackTop = 0;
  h.broken = 0;
  base_free(INTERNAL, kept);
  return true;
}

/** The flags that every user's type must have, and the flags that it may have. */
const MUST_HAVE: u32 = IS_HEAP_TYPE | IS_READY;
const MAY_HAVE: u32 = MUST_HAVE | HAS_GC | HAS_OBJECT_ITEMS | HAS_HASHED | IS_PLAIN;

/** Whether the layout of a user's type is possible: its slots, data, weak references and items do not overlap. */
export function isLaidOut(type: PyType): bool {
  if (type.kind != USER || type.slots > 0xffff || type.basicSize > 0xfffff || type.itemSize > 8) return false;
  if (type.hostId == 0 || type.hostId >= MOST) return false;
  if ((type.flags & ~MAY_HAVE) != 0 || (type.flags & MUST_HAVE) != MUST_HAVE) return false;
  if (type.slotsAt != slotsAtOf(type.itemSize)) return false;
  if (type.hasObjectItems && (type.itemSize != 4 || !type.hasGC)) return false;
  if (type.slots > 0 && !type.hasGC) return false;
  const weak = type.weakList;
  if (weak != 0 && (weak < type.dataAt || (weak & 3) != 0 || weak + 4 > type.basicSize)) return false;
  return type.dataAt <= type.basicSize && (type.basicSize & 3) == 0;
}

/** Writes the type anew, without functions. It keeps its layout, its name and its place in the ring. */
export function renewType(type: PyType): void {
  const name = type.name;
  const flags = type.flags;
  const basicSize = type.basicSize;
  const itemSize = type.itemSize;
  const weakList = type.weakList;
  const slots = type.slots;
  const slotsAt = type.slotsAt;
  const hostId = type.hostId;
  const before = type.before;
  const after = type.after;
  memory.fill(changetype<usize>(type) + offsetof<PyObject>(), 0, offsetof<PyType>() - offsetof<PyObject>());
  const isPlain = itemSize == 0 && weakList == 0;
  type_begin(type, name!, isPlain ? flags : flags & ~IS_PLAIN, hostId);
  type.basicSize = basicSize;
  type.itemSize = itemSize;
  type.weakList = weakList;
  type.slots = slots;
  type.slotsAt = slotsAt;
  type.freeMax = freeMaxOf(itemSize);
  type.before = before;
  type.after = after;
}
