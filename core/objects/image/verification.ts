// A verification of objects, step by step (verify.ts has the steps).
//
//   blocks   a bit for each block that nobody has claimed      objects   for each object that was found      row -> object, object, ...
//
// An object is found when the first reference to it is seen: its block is claimed, then the sizes of its parts are checked, then the parts
// are claimed.

import { CONTROL } from "../../ground/control";
import { LISTS } from "../collector/state";
import { GC_COLLECTING, GCHead, generation, isTracked } from "../model/gc-head";
import { handles } from "../model/handles";
import { BYTES, DICT, FROZENSET, INT, KINDS, LIST, REF, SET, STR, TUPLE, TYPE, USER } from "../model/kinds.gen";
import { IMMORTAL } from "../model/refcount";
import { None } from "../model/singletons";
import { at, COLLECTOR_AT, STATE_BYTES, TYPES_AT } from "../model/state";
import { isAnySet, isKind, PyObject, PyType, PyVarObject, typeOf } from "../model/type";
import { PyStr } from "../text/str";
import { eachPart, eachReference, isValid, ownBytes } from "../types/anatomy";
import { PyDict } from "../types/dict";
import { PyLong } from "../types/int";
import { interned } from "../types/intern";
import { emptyKeys, Keys, SHARED } from "../types/keys";
import { PyList } from "../types/sequence";
import { PySet } from "../types/set-table";
import { PyRef, weakListOf } from "../types/weak";
import { Bits, claim, MOST, usableBytes } from "./claims";
import { isLaidOut, renewType } from "./renew";

/** A verification under way, in its own block. */
@unmanaged
export class Verification {
  /** Blocks without an owner so far. */
  blocks: Bits;
  /** Objects that were found. */
  objects: Bits;
  /**
   * Keys that several dicts share. The bit at their address is set when they are found; the bit 8 bytes after it, when
   * their entries are found.
   */
  shared: Bits;
  /** The objects that were found, in order. Their references are followed in this order. */
  row: usize;
  count: u32;
  capacity: u32;
  /** The type of the object whose parts are being claimed, and whether all of them could be claimed. */
  whole: PyType;
  isWhole: bool;
  /** The first address at which a check failed. */
  broken: usize;
  /** Whether users' types are being found now. */
  findsTypes: bool;

  /** Notes the address as broken if the condition does not hold. Returns the condition. */
  @inline
  expect(holds: bool, address: usize): bool {
    if (!holds && this.broken == 0) this.broken = address == 0 ? CONTROL : address;
    return holds;
  }

  /** Finds the object of an owned reference. Borrowed references are compared in step 4. */
  @inline
  owned(slot: usize): void {
    this.expect(this.reach(load<PyObject>(slot)), slot);
  }

  /** Shared keys are examined with the first dict that has them. */
  @inline
  enters(keys: Keys): bool {
    return keys.kind != SHARED || this.shared.add(changetype<usize>(keys) + 8);
  }

  /** Whether there is an object at this address. If the object is not known yet, finds it. */
  reach(o: PyObject): bool {
    if (this.objects.has(changetype<usize>(o)) || isPreallocated(o)) return true;
    return this.find(o);
  }

  /** Finds a new object: claims its block and the blocks of its parts. */
  private find(o: PyObject): bool {
    const address = changetype<usize>(o);
    if (!this.blocks.has(address) && !this.blocks.has(address - sizeof<u64>())) return false;
    const type = o.type;
    if (!this.isType(type) || o.refcnt - 1 >= MOST) return false;
    const block = address - type.headBytes;
    if (!claim(this.blocks, block, type.headBytes + type.basicSize)) return false;
    if (!hasLength(o) || this.count == this.capacity) return false;
    const bytes = ownBytes(o) + type.headBytes;
    if (bytes > usableBytes(block)) return false;
    type.live++;
    type.bytes += bytes;
    this.objects.add(address);
    store<PyObject>(this.row + ((<usize>this.count) << 2), o);
    this.count++;
    return this.claimParts(o);
  }

  /** Whether it is a built-in type whose objects have blocks, or a user's type that was found. */
  private isType(type: PyType): bool {
    const offset = changetype<usize>(type) - changetype<usize>(typeOf(0));
    if (offset < <usize>KINDS * (changetype<usize>(typeOf(1)) - changetype<usize>(typeOf(0)))) {
      if (type.kind >= KINDS || type !== typeOf(type.kind)) return false;
      return type.kind >= INT || (type.kind == TYPE && this.findsTypes);
    }
    return this.objects.has(changetype<usize>(type)) && isKind(type, TYPE);
  }

  /** Claims the object's parts. Nothing in them is read before. */
  private claimParts(o: PyObject): bool {
    if (!this.hasShape(o)) return false;
    this.whole = o.type;
    this.isWhole = true;
    eachPart<Verification>(o, this);
    return this.isWhole && (!isAnySet(o) || changetype<PySet>(o).hasFreeSlot);
  }

  /**
   * Whether the sizes of the object's parts are possible. A dict's keys are claimed here, because they tell the number
   * of values.
   */
  private hasShape(o: PyObject): bool {
    const kind = o.type.kind;
    if (kind == LIST) {
      const l = changetype<PyList>(o);
      return l.size <= l.allocated && l.allocated < MOST && (l.items == 0) == (l.allocated == 0);
    }
    if (kind == DICT) return this.claimKeys(changetype<PyDict>(o));
    if (kind == SET || kind == FROZENSET) return changetype<PySet>(o).mask < MOST && changetype<PySet>(o).hasShape;
    if (kind == STR) return changetype<PyStr>(o).utf8Bytes <= MOST;
    return true;
  }

  part(slot: usize, bytes: usize): bool {
    this.whole.bytes += bytes;
    if (bytes == 0 || !claim(this.blocks, load<usize>(slot), bytes)) this.isWhole = false;
    return true;
  }

  @inline
  kept(slot: usize, bytes: usize): void {
    this.part(slot, bytes);
  }

  @inline
  keys(_slot: usize, _keys: Keys): bool {
    return true;
  }

  private claimKeys(d: PyDict): bool {
    const keys = d.keys;
    if (keys === emptyKeys()) return d.values == 0;
    const block = changetype<usize>(keys);
    if (!this.shared.has(block)) {
      if (!claim(this.blocks, block, offsetof<Keys>()) || !keys.isLaidOut || usableBytes(block) < keys.bytes)
        return false;
      if (!keys.hasEmptySlot) return false;
      typeOf(DICT).bytes += keys.bytes;
      keys.mark = 0;
      if (keys.kind == SHARED) this.shared.add(block);
    }
    keys.mark++;
    return keys.kind == SHARED ? (d.values == 0) == (keys.count == 0) : d.values == 0 && keys.refcnt == 1;
  }

  /** Follows the references of all objects in the row, including those that this finds. */
  followAll(): void {
    for (let k: u32 = 0; k < this.count && this.broken == 0; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
      eachReference<Verification>(o, this);
    }
  }

  /** Checks that each object is valid by itself, and that keys are shared by as many dicts as their count says. */
  inspectAll(): void {
    for (let k: u32 = 0; k < this.count && this.broken == 0; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
      this.expect(isValid(o), changetype<usize>(o));
      if (isKind(o, DICT)) {
        const keys = changetype<PyDict>(o).keys;
        this.expect(keys === emptyKeys() || keys.mark == keys.refcnt, changetype<usize>(keys));
      }
    }
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
      if (isKind(o, DICT)) changetype<PyDict>(o).keys.mark = 0;
    }
  }

  // ---- users' types ----

  /** Finds the types in the ring, and checks their layouts. */
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

  /** Checks that the collector's lists have each tracked object once, and nothing else. */
  followLists(): void {
    let listed: u32 = 0;
    for (let k: u32 = 0; k < LISTS; k++) {
      const list = generation(k).head;
      let prev = list;
      for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
        const node = changetype<GCHead>(at);
        const o = node.object;
        if (!this.expect(this.objects.has(changetype<usize>(o)) && o.type.hasGC && ++listed <= this.count, at)) return;
        if (!this.expect(node.prevHead === prev && (node.prev & GC_COLLECTING) == 0, at)) return;
        prev = node;
      }
      if (!this.expect(list.prevHead === prev, changetype<usize>(list))) return;
    }
    let tracked: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
      if (o.type.hasGC && isTracked(o)) tracked++;
    }
    this.expect(tracked == listed, at(COLLECTOR_AT));
  }

  /** Checks that objects' lists of weak references, and the weak references' objects, agree. */
  followWeak(): void {
    let listed: u32 = 0;
    let live: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
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

  /** Checks that the table has all interned strings, and an empty word where searches end. */
  followInterned(): void {
    const table = interned();
    const here = changetype<usize>(table);
    if (table.capacity == 0) {
      this.expect(table.table == 0 && table.live == 0 && table.filled == 0, here);
    } else {
      const isPower = popcnt<u32>(table.capacity) == 1 && table.capacity < MOST;
      if (!this.expect(isPower && claim(this.blocks, table.table, (<usize>table.capacity) << 2), here)) return;
      for (let k: u32 = 0; k < table.capacity; k++) {
        const word = table.table + ((<usize>k) << 2);
        if (!table.holds(word)) continue;
        if (!this.expect(this.objects.has(load<usize>(word)) && isKind(load<PyObject>(word), STR), word)) return;
      }
      if (!this.expect(table.isValid() && table.filled < table.capacity && table.findsAll(), here)) return;
    }
    let flagged: u32 = 0;
    for (let k: u32 = 0; k < this.count; k++) {
      const o = load<PyObject>(this.row + ((<usize>k) << 2));
      if (isKind(o, STR) && changetype<PyStr>(o).isInterned) flagged++;
    }
    this.expect(flagged == table.live, here);
  }

  /** Finds the objects of the table of handles, and checks that the list of free handles ends. */
  findHandles(): void {
    const h = handles();
    const here = changetype<usize>(h);
    if (h.stackCapacity != 0)
      this.expect(h.stackCapacity < MOST && claim(this.blocks, h.stack, (<usize>h.stackCapacity) << 2), here);
    else this.expect(h.stack == 0, here);
    if (h.bufferSize != 0) this.expect(claim(this.blocks, h.buffer, h.bufferSize), here);
    else this.expect(h.buffer == 0, here);
    if (h.capacity == 0) {
      this.expect(h.table == 0 && h.free == 0 && h.count == 0, here);
      return;
    }
    if (!this.expect(h.capacity < MOST && claim(this.blocks, h.table, (<usize>h.capacity) << 2), here)) return;
    if (!this.expect(load<u32>(h.table) == 1 && h.isValid() && h.freeListIsWhole(), here)) return;
    for (let handle: u32 = 1; handle < h.capacity; handle++) {
      if (h.isUsed(handle)) this.owned(h.table + ((<usize>handle) << 2));
    }
  }
}

/** Whether the object is one of those that every heap has. */
function isPreallocated(o: PyObject): bool {
  const address = changetype<usize>(o);
  if ((address & 7) != 0 || address < at(TYPES_AT) || address >= at(STATE_BYTES) - 8 || o.refcnt != IMMORTAL)
    return false;
  for (let kind: u32 = 0; kind < KINDS; kind++) if (o.type === typeOf(kind)) return true;
  return false;
}

/** Whether the object's length is possible. */
function hasLength(o: PyObject): bool {
  const kind = o.type.kind;
  const n = changetype<PyVarObject>(o).size;
  if (kind == STR) return changetype<PyStr>(o).length < MOST && changetype<PyStr>(o).width <= 4;
  if (kind == INT) return changetype<PyLong>(o).digits < MOST;
  if (kind == TUPLE) return n != 0 && n < MOST;
  if (kind == BYTES) return n < MOST;
  return kind != USER || o.type.itemSize == 0 || n < MOST;
}
