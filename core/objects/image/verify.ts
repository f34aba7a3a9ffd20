// Verification: whether the memory of an image is a heap, whoever made it.
//
//   1  what never differs in the control block is written anew; then the allocators' own check: chunks, arenas, pools, free lists
//   2  so it is with the state of objects: types, preallocated objects, what is 0 between operations
//   3  from the handles, every object that can be reached: it is a block, of a type, that is large enough for it and its parts; nobody
//      else has that block; and so on with all that it refers to
//   4  lists of the collector, weak references and interned strings have these objects and no others
//   5  no block is left that nobody has; then the census finds every reference count right, and check() has nothing to say
//
// What is read before it is known to be good may be anything: so every loop has a bound, and an address is looked at only if a block begins
// there. A trap is left to the host, which then has no heap. Figures of types are counted anew on the way.

import { arenas } from "../../alloc/arena";
import { base_free, base_malloc } from "../../alloc/base";
import { setDefaultAllocators, usesPools } from "../../alloc/domains";
import { shareMap, smallOf } from "../../alloc/small";
import { INTERNAL, LIBC, MEM } from "../../ground/config";
import { ARENAS_AT, CONTROL, CONTROL_BYTES, DEBUG_AT, head, LAYOUT_VERSION, MAGIC } from "../../ground/control";
import { clampEnd, OWN, platform } from "../../ground/platform";
import { debug } from "../../hooks/debug";
import { check_heap } from "../../hooks/walk";
import { objects_begin } from "../begin";
import { isValid } from "../collector/inspect";
import { collector } from "../collector/state";
import { census } from "../compaction/census";
import { eachOwned, eachReference } from "../compaction/references";
import { GCHead, generation, isTracked } from "../model/gc-head";
import { handles } from "../model/handles";
import { BYTES, DICT, FROZENSET, INT, KINDS, LIST, REF, SET, STR, TUPLE, TYPE, USER } from "../model/kinds.gen";
import { IMMORTAL } from "../model/refcount";
import { settings } from "../model/settings";
import { None } from "../model/singletons";
import { at, COLLECTOR_AT, HANDLES_AT, SHAPES_AT, STATE_BYTES, TUPLES_AT, TYPES_AT } from "../model/state";
import {
  HAS_GC,
  HAS_HASHED,
  HAS_OBJECT_ITEMS,
  IS_HEAP_TYPE,
  IS_PLAIN,
  IS_READY,
  isKind,
  PyObject,
  PyType,
  PyVarObject,
  typeOf,
} from "../model/type";
import { PyStr } from "../text/str";
import { bytes_sizeof } from "../types/bytes";
import { PyDict } from "../types/dict";
import { instance_sizeof } from "../types/instance";
import { int_sizeof, PyLong } from "../types/int";
import { interned } from "../types/intern";
import { emptyKeys, Keys, SHARED } from "../types/keys";
import { PyList } from "../types/sequence";
import { PySet } from "../types/set-table";
import { tuple_sizeof } from "../types/tuple";
import { freeMaxOf, type_begin } from "../types/user-type";
import { PyRef, weakListOf } from "../types/weak";
import { Bits, claim, claims_begin, usableBytes } from "./claims";

// ---- 1, 2: what never differs ----

/** The control block is that of a heap in its own memory, with nothing under way and no allocator but the core's own. */
function renewControl(tableBase: u32): bool {
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
  // Blocks in pools go back there, whatever serves the domains next.
  const pools = usesPools() || arenas().count != 0;
  memory.fill(CONTROL + DEBUG_AT, 0, CONTROL_BYTES - DEBUG_AT);
  debug().begin();
  arenas().ctx = 0;
  arenas().begin();
  setDefaultAllocators(false, pools);
  for (let domain = MEM; domain <= LIBC; domain++) smallOf(domain).domain = domain;
  return true;
}

/** Variable parts of the state: handles and interned strings; the collector's lists, settings and figures. */
const NAMES_BYTES: usize = SHAPES_AT - HANDLES_AT;
const LISTS_BYTES: usize = TUPLES_AT - COLLECTOR_AT;

/** All but the variable parts is as in a new heap. False if there is no memory to keep these meanwhile. */
function renewState(): bool {
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
  c.collecting = 0;
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

// ---- 3: objects ----

/** A verification that is under way; it stands in a block of its own. */
@unmanaged
class Verification {
  /** Blocks that nobody has claimed yet. */
  blocks: Bits;
  /** Objects that were found. */
  objects: Bits;
  /** Keys that dicts share: at their address, when they are found; 8 bytes behind it, when their entries are. */
  shared: Bits;
  /** Those that were found, in order: what they refer to is looked at in turn. */
  row: usize;
  count: u32;
  capacity: u32;
  /** The first address that is not what it should be. */
  broken: usize;
  /** Whether it is types of users that are being found. */
  findsTypes: bool;

  /** Whether something holds of what is at an address. */
  @inline
  expect(holds: bool, address: usize): bool {
    if (!holds && this.broken == 0) this.broken = address == 0 ? CONTROL : address;
    return holds;
  }

  /** A word that refers to an object. */
  @inline
  owned(slot: usize): void {
    this.expect(this.reach(load<PyObject>(slot)), slot);
  }

  /** A word that knows an object: whatever that is, it was found as one, or it will be compared in step 4. */
  @inline
  borrowed(slot: usize): void {}

  @inline
  all(from: usize, to: usize): void {
    eachOwned(from, to, this);
  }

  /** Keys are looked at with the first dict that has them. */
  @inline
  enters(keys: Keys): bool {
    return keys.kind != SHARED || this.shared.add(changetype<usize>(keys) + 8);
  }

  /** Whether an object is at an address. */
  reach(o: PyObject): bool {
    if (this.objects.has(changetype<usize>(o)) || isPreallocated(o)) return true;
    return this.find(o);
  }

  /** An object that was not found before: its block is claimed, with those of its parts. */
  private find(o: PyObject): bool {
    const address = changetype<usize>(o);
    if (!this.blocks.has(address) && !this.blocks.has(address - sizeof<u64>())) return false;
    const type = o.type;
    if (!this.isType(type) || o.refcnt - 1 >= MOST) return false;
    const block = address - type.headBytes;
    if (!claim(this.blocks, block, type.headBytes + type.basicSize)) return false;
    const bytes = ownBytes(o);
    if (bytes == 0 || bytes > usableBytes(block) || this.count == this.capacity) return false;
    type.live++;
    type.bytes += bytes;
    this.objects.add(address);
    store<PyObject>(this.row + (<usize>this.count << 2), o);
    this.count++;
    return this.claimParts(o);
  }

  /** A built-in type that has objects in blocks, or one of a user that was found. */
  private isType(type: PyType): bool {
    const offset = changetype<usize>(type) - changetype<usize>(typeOf(0));
    if (offset < <usize>KINDS * (changetype<usize>(typeOf(1)) - changetype<usize>(typeOf(0)))) {
      if (type.kind >= KINDS || type !== typeOf(type.kind)) return false;
      return type.kind >= INT || (type.kind == TYPE && this.findsTypes);
    }
    return this.objects.has(changetype<usize>(type)) && isKind(type, TYPE);
  }

  /** The block at an address is a part of an object of the type. An address of 0 has no bytes. */
  private part(type: PyType, block: usize, bytes: usize): bool {
    if (block == 0) return bytes == 0;
    type.bytes += bytes;
    return bytes != 0 && claim(this.blocks, block, bytes);
  }

  private claimParts(o: PyObject): bool {
    const type = o.type;
    const kind = type.kind;
    if (kind == LIST) {
      const l = changetype<PyList>(o);
      return l.size <= l.allocated && l.allocated < MOST && this.part(type, l.items, <usize>l.allocated << 2);
    }
    if (kind == DICT) return this.claimDict(changetype<PyDict>(o));
    if (kind == SET || kind == FROZENSET) {
      const s = changetype<PySet>(o);
      if (s.mask >= MOST || !s.hasShape) return false;
      return (s.isSmall || this.part(type, s.table, <usize>(s.mask + 1) << 3)) && s.hasFreeSlot;
    }
    return true;
  }

  private claimDict(d: PyDict): bool {
    const keys = d.keys;
    if (keys === emptyKeys()) return d.values == 0;
    const block = changetype<usize>(keys);
    if (!this.shared.has(block)) {
      if (!claim(this.blocks, block, offsetof<Keys>()) || !keys.isLaidOut || usableBytes(block) < keys.bytes) return false;
      if (!keys.hasEmptySlot) return false;
      typeOf(DICT).bytes += keys.bytes;
      keys.mark = 0;
      if (keys.kind == SHARED) this.shared.add(block);
    }
    keys.mark++;
    if (keys.kind != SHARED) return d.values == 0 && keys.refcnt == 1;
    return this.part(typeOf(DICT), d.values, <usize>keys.count << 2);
  }

  /** All that the objects in the row refer to, those that are found on the way included. */
  followAll(): void {
    for (let k: u32 = 0; k < this.count && this.broken == 0; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      eachReference<Verification>(o, this);
    }
  }

  /** Each object is in order by itself, too; and keys are shared by as many dicts as they say. */
  inspectAll(): void {
    for (let k: u32 = 0; k < this.count && this.broken == 0; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      this.expect(isValid(o), changetype<usize>(o));
      if (isKind(o, DICT)) {
        const keys = changetype<PyDict>(o).keys;
        this.expect(keys === emptyKeys() || keys.mark == keys.refcnt, changetype<usize>(keys));
      }
    }
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      if (isKind(o, DICT)) changetype<PyDict>(o).keys.mark = 0;
    }
  }

  // ---- types of users ----

  /** The ring of types, each of which is laid out as one. */
  findTypes(): void {
    const ring = typeOf(USER);
    this.findsTypes = true;
    let before = ring;
    for (let type = ring.after; type !== ring; type = type.after) {
      const address = changetype<usize>(type);
      if (!this.expect(!this.objects.has(address) && this.reach(type) && isKind(type, TYPE), address)) return;
      if (!this.expect(type.before === before && isLaidOut(type), address)) return;
      const name = type.name;
      if (!this.expect(name !== null && this.reach(name) && isKind(name, STR), address)) return;
      renewType(type);
      before = type;
    }
    this.expect(ring.before === before, changetype<usize>(ring));
    this.findsTypes = false;
  }

  // ---- 4: lists ----

  /** The collector's lists have the objects that are tracked, each once. */
  followLists(): void {
    let listed: u32 = 0;
    for (let k: u32 = 0; k < 4; k++) {
      const list = generation(k).head;
      let prev = list;
      for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
        const node = changetype<GCHead>(at);
        const o = node.object;
        if (!this.expect(this.objects.has(changetype<usize>(o)) && o.type.hasGC && ++listed <= this.count, at)) return;
        if (!this.expect(node.prevHead === prev && (node.prev & 2) == 0, at)) return;
        prev = node;
      }
      if (!this.expect(list.prevHead === prev, changetype<usize>(list))) return;
    }
    let tracked: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      if (o.type.hasGC && isTracked(o)) tracked++;
    }
    this.expect(tracked == listed, at(COLLECTOR_AT));
  }

  /** Objects know the weak references to them, and these know their objects. */
  followWeak(): void {
    let listed: u32 = 0;
    let live: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      if (isKind(o, REF) && changetype<PyRef>(o).object !== None()) live++;
      const list = weakListOf(o);
      if (list == 0) continue;
      let prev: PyRef | null = null;
      let ref = load<PyRef | null>(list);
      while (ref) {
        const address = changetype<usize>(ref);
        if (!this.expect(this.objects.has(address) && isKind(ref, REF) && ++listed <= this.count, list)) return;
        if (!this.expect(ref.object === o && ref.prev === prev, address)) return;
        prev = ref;
        ref = ref.next;
      }
    }
    this.expect(listed == live, at(COLLECTOR_AT));
  }

  /** The table has the strings that are interned, and room where a search ends. */
  followInterned(): void {
    const table = interned();
    const here = changetype<usize>(table);
    if (table.capacity == 0) {
      this.expect(table.table == 0 && table.live == 0 && table.filled == 0, here);
    } else {
      const isPower = popcnt<u32>(table.capacity) == 1 && table.capacity < MOST;
      if (!this.expect(isPower && claim(this.blocks, table.table, <usize>table.capacity << 2), here)) return;
      for (let k: u32 = 0; k < table.capacity; k++) {
        const word = table.table + (<usize>k << 2);
        if (!table.holds(word)) continue;
        if (!this.expect(this.objects.has(load<usize>(word)) && isKind(load<PyObject>(word), STR), word)) return;
      }
      if (!this.expect(table.isValid() && table.filled < table.capacity && table.findsAll(), here)) return;
    }
    let flagged: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + (<usize>k << 2));
      if (isKind(o, STR) && changetype<PyStr>(o).isInterned) flagged++;
    }
    this.expect(flagged == table.live, here);
  }

  /** The table of handles: objects, and a list of free ones that ends. */
  findHandles(): void {
    const h = handles();
    const here = changetype<usize>(h);
    if (h.stackCapacity != 0) this.expect(h.stackCapacity < MOST && claim(this.blocks, h.stack, <usize>h.stackCapacity << 2), here);
    else this.expect(h.stack == 0, here);
    if (h.bufferSize != 0) this.expect(claim(this.blocks, h.buffer, h.bufferSize), here);
    else this.expect(h.buffer == 0, here);
    if (h.capacity == 0) {
      this.expect(h.table == 0 && h.free == 0 && h.count == 0, here);
      return;
    }
    if (!this.expect(h.capacity < MOST && claim(this.blocks, h.table, <usize>h.capacity << 2), here)) return;
    if (!this.expect(load<u32>(h.table) == 1 && h.isValid() && h.freeListIsWhole(), here)) return;
    for (let handle: u32 = 1; handle < h.capacity; handle++) {
      if (h.isUsed(handle)) this.owned(h.table + (<usize>handle << 2));
    }
  }
}

/** Flags that a user's type may have, and has. */
const MUST_HAVE: u32 = IS_HEAP_TYPE | IS_READY;
const MAY_HAVE: u32 = MUST_HAVE | HAS_GC | HAS_OBJECT_ITEMS | HAS_HASHED | IS_PLAIN;
/** More of anything than a heap can have. */
const MOST: u32 = 1 << 28;

/** One of the objects that every heap has. */
function isPreallocated(o: PyObject): bool {
  const address = changetype<usize>(o);
  if ((address & 7) != 0 || address < at(TYPES_AT) || address >= at(STATE_BYTES) - 8 || o.refcnt != IMMORTAL) return false;
  for (let kind: u32 = 0; kind < KINDS; kind++) if (o.type === typeOf(kind)) return true;
  return false;
}

/** Bytes of the object's own block, by what stands in it; 0 if that can't be. */
function ownBytes(o: PyObject): usize {
  const type = o.type;
  const kind = type.kind;
  const n = changetype<PyVarObject>(o).size;
  if (kind == STR) {
    const s = changetype<PyStr>(o);
    return s.length < MOST && s.width <= 4 ? s.size : 0;
  }
  if (kind == INT) return changetype<PyLong>(o).digits < MOST ? int_sizeof(changetype<PyLong>(o).digits) : 0;
  if (kind == TUPLE) return n != 0 && n < MOST ? tuple_sizeof(n) + type.headBytes : 0;
  if (kind == BYTES) return n < MOST ? bytes_sizeof(n) : 0;
  if (kind == USER) return type.itemSize == 0 || n < MOST ? instance_sizeof(o) : 0;
  return <usize>type.basicSize + type.headBytes;
}

/** Whether a user's type can be what it says: its slots, data, weak references and items do not overlap. */
function isLaidOut(type: PyType): bool {
  if (type.kind != USER || type.slots > 0xffff || type.basicSize > 0xfffff || type.itemSize > 8) return false;
  if (type.hostId == 0 || type.hostId >= MOST) return false;
  if ((type.flags & ~MAY_HAVE) != 0 || (type.flags & MUST_HAVE) != MUST_HAVE) return false;
  if (type.slotsAt != (type.itemSize > 0 ? 12 : 8)) return false;
  if (type.hasObjectItems && (type.itemSize != 4 || !type.hasGC)) return false;
  if (type.slots > 0 && !type.hasGC) return false;
  const weak = type.weakList;
  if (weak != 0 && (weak < type.dataAt || (weak & 3) != 0 || weak + 4 > type.basicSize)) return false;
  return type.dataAt <= type.basicSize && (type.basicSize & 3) == 0;
}

/** All but the layout, the name and the place in the ring is as in a new type without functions of its own. */
function renewType(type: PyType): void {
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

// ---- all of it ----

function verifyObjects(v: Verification): void {
  v.findTypes();
  if (v.broken == 0) v.findHandles();
  if (v.broken == 0) v.followAll();
  if (v.broken == 0) v.followLists();
  if (v.broken == 0) v.followWeak();
  if (v.broken == 0) v.followInterned();
  if (v.broken == 0) v.inspectAll();
}

/** The object whose reference count is too low for the references that there are, as the census counts them, or 0; ~0 if there is no memory to count. */
function miscounted(): usize {
  const c = census();
  if (!c.begin()) return ~0;
  c.pin();
  c.unpin();
  c.release();
  return c.broken;
}

/** What image_verify answers if there is no memory for it. */
export const NO_MEMORY: usize = ~0;

/**
 * Makes sure that the memory from the control block up, which may be anything, is a heap. Answers 0 if it is one; else the address of what
 * is not in order; NO_MEMORY if there is no memory to find out.
 */
export function image_verify(tableBase: u32): usize {
  if (!renewControl(tableBase)) return CONTROL;
  const first = check_heap();
  if (first != 0) return <usize>first;
  shareMap();
  if (!renewState()) return NO_MEMORY;
  const span = platform().brk - platform().base;
  const blocks = Bits.make(span);
  const objects = Bits.make(span);
  const shared = Bits.make(span);
  if (!blocks || !objects || !shared) return NO_MEMORY;
  const begun = claims_begin(blocks) && claim(blocks, changetype<usize>(objects), 0) && claim(blocks, changetype<usize>(shared), 0);
  if (!begun) return CONTROL + ARENAS_AT;
  const capacity = blocks.count;
  const v = changetype<Verification>(base_malloc(INTERNAL, offsetof<Verification>() + (<usize>capacity << 2)));
  if (changetype<usize>(v) == 0) return NO_MEMORY;
  v.blocks = blocks;
  v.objects = objects;
  v.shared = shared;
  v.row = changetype<usize>(v) + offsetof<Verification>();
  v.count = 0;
  v.capacity = capacity;
  v.broken = 0;
  v.findsTypes = false;
  verifyObjects(v);
  let broken = v.broken;
  if (broken == 0 && blocks.count != 0) broken = blocks.first;
  base_free(INTERNAL, changetype<usize>(v));
  shared.drop();
  objects.drop();
  blocks.drop();
  if (broken != 0) return broken;
  const low = miscounted();
  return low != 0 ? low : <usize>check_heap();
}
