// Memory of the graph's module: it is taken from the end, and never given back, because the module lives as long as its graph.
// Memory that was taken and not written costs address space only. Lists and tables by address are made of it.

const PAGE: u64 = 65536;
/**
 * When the memory grows, it grows by at least 1 MiB and at least an eighth, if there is so much. Few large steps are better than many small
 * ones: with each step, V8 counts the whole memory as new, and soon collects garbage.
 */
const LEAST_STEP: u64 = 16;
const STEP_SHIFT: u64 = 3;
const MOST_PAGES: u64 = 65536;
const ALIGNMENT: usize = 8;

/** Throws the host's error: there is no memory left. */
@external("host", "fail")
declare function hostFail(): void;

let top: usize = 0;

/** Takes memory, which is zero. Returns 0 if there is none left. */
function tryTake(bytes: usize): usize {
  if (top == 0) top = (__heap_base + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  const end = <u64>top + ((<u64>bytes + ALIGNMENT - 1) & ~(<u64>(ALIGNMENT - 1)));
  const pages = (end + PAGE - 1) / PAGE;
  const there = <u64>memory.size();
  if (pages >= MOST_PAGES) return 0;
  if (pages > there) {
    const wanted = max(pages, there + max(LEAST_STEP, there >> STEP_SHIFT));
    if (!grow(min(wanted, MOST_PAGES - 1)) && !grow(pages)) return 0;
  }
  const at = top;
  top = <usize>end;
  return at;
}

/** Makes the memory `pages` pages large. False if there are none left. */
function grow(pages: u64): bool {
  const there = <u64>memory.size();
  return pages <= there || memory.grow(<i32>(pages - there)) >= 0;
}

/** Gets memory from the host in one step, for later takes. If there is not enough, nothing changes. */
export function reserve(bytes: u64): void {
  grow(min((bytes + PAGE) / PAGE + <u64>memory.size(), MOST_PAGES - 1));
}

/** Takes memory. Does not return if there is none left. */
export function take(bytes: usize): usize {
  const at = tryTake(bytes);
  if (at == 0) fail();
  return at;
}

/** Never returns. */
export function fail(): void {
  hostFail();
  unreachable();
}

/** A list of numbers that grows at its end. */
@unmanaged
export class List {
  data: usize;
  length: u32;
  room: u32;
  /** Bytes of a number. */
  width: u32;

  /**
   * Takes memory for `room` numbers, or for FEWEST if that is more. If this is more than MOST_AT_ONCE bytes, or if there is not enough memory,
   * takes it for half of them, a quarter, and so on.
   */
  begin(room: u32, width: u32): void {
    this.width = width;
    this.length = 0;
    let wanted = max(room, FEWEST);
    while (wanted > FEWEST && <u64>wanted * width > <u64>MOST_AT_ONCE) wanted >>= 1;
    this.data = tryTake(<usize>wanted * width);
    while (this.data == 0) {
      if (wanted <= FEWEST) fail();
      wanted >>= 1;
      this.data = tryTake(<usize>wanted * width);
    }
    this.room = wanted;
  }

  /** Adds a place at the end. */
  @inline
  add(): u32 {
    const index = this.length;
    if (index == this.room) this.grow(this.room * 2);
    this.length = index + 1;
    return index;
  }

  /** Adds a place at the end. Returns its address, which is valid until the list grows. */
  addRow(): usize {
    // The list can move when it grows, so this comes first.
    const index = this.add();
    return this.data + <usize>index * this.width;
  }

  /** False if there is no memory for another place. */
  hasRoom(): bool {
    return this.length < this.room || this.tryGrow(this.room * 2);
  }

  grow(room: u32): void {
    if (!this.tryGrow(room)) fail();
  }

  tryGrow(room: u32): bool {
    const bytes = <u64>room * this.width;
    if (bytes > <u64>u32.MAX_VALUE) return false;
    const grown = tryTake(<usize>bytes);
    if (grown == 0) return false;
    memory.copy(grown, this.data, <usize>this.length * this.width);
    this.data = grown;
    this.room = room;
    return true;
  }
}

const FEWEST: u32 = 1024;
/** The most bytes that a list reserves at first. */
const MOST_AT_ONCE: u32 = 1 << 28;

/** Makes a list. */
export function makeList(room: u32, width: u32): List {
  const list = changetype<List>(take(offsetof<List>()));
  list.begin(room, width);
  return list;
}

/**
 * The slot of an address in a table at `table`, or the empty slot that would get it. A slot has eight bytes, which begin with the address; an
 * empty one has 0 there. The table has mask + 1 slots, a power of two, and at least one is empty.
 */
@inline
export function slotIn(table: usize, mask: u32, address: usize): usize {
  let slot = ((<u32>address * 0x9e3779b1) >> 7) & mask;
  let at = table + <usize>slot * 8;
  while (load<usize>(at) != address && load<usize>(at) != 0) {
    slot = (slot + 1) & mask;
    at = table + <usize>slot * 8;
  }
  return at;
}
