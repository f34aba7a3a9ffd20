// The heap as a whole: how it begins, over memory of its own or over a host's allocator, and how it gives empty memory back.

import { arenas } from "../alloc/arena";
import { CHUNK_OVERHEAD } from "../alloc/chunk";
import { setDefaultAllocators } from "../alloc/domains";
import { raw } from "../alloc/raw";
import { scavenge, smallOf } from "../alloc/small";
import { GRANULE, THREADS, WASM_PAGE } from "../ground/config";
import { CONTROL, CONTROL_BYTES, head, LAYOUT_VERSION, MAGIC } from "../ground/control";
import { LIBC, MEM, RAW } from "../ground/domains.gen";
import { ledger } from "../ground/ledger";
import { lock, unlock } from "../ground/lock";
import { clampEnd, HOST, OWN, platform } from "../ground/platform";
import { debug } from "./debug";

function begin(tableBase: u32): void {
  memory.fill(CONTROL, 0, CONTROL_BYTES);
  const h = head();
  h.magic = MAGIC;
  h.version = LAYOUT_VERSION;
  h.tableBase = tableBase;
  h.stateBytes = <u32>CONTROL_BYTES;
  for (let domain = MEM; domain <= LIBC; domain++) smallOf(domain).domain = domain;
  debug().begin();
}

/**
 * Makes a heap of the memory from CONTROL up. It grows on demand, up to `end`, or to the limit of wasm32 if `end` is 0.
 * The core's functions lie in the table from `tableBase` on. The heap's own state takes `stateBytes`: the control
 * block, and the module's other state after it. False if the memory is too small even for the state.
 */
export function init_own(tableBase: u32, end: usize, limit: usize, pools: bool, stateBytes: usize): bool {
  const p = platform();
  const first = (CONTROL + stateBytes + GRANULE - 1) & ~(GRANULE - 1);
  if (<usize>memory.size() < (first + WASM_PAGE - 1) / WASM_PAGE) return false;
  begin(tableBase);
  p.begin(OWN, limit);
  p.end = clampEnd(end);
  p.brk = first;
  p.charge(first - CONTROL);
  head().stateBytes = <u32>stateBytes;
  raw().begin(CONTROL + stateBytes + CHUNK_OVERHEAD);
  arenas().begin();
  setDefaultAllocators(false, pools);
  return true;
}

/**
 * Makes a heap over a host's allocator. Before it allocates, the host must write the table indices of that allocator's
 * functions (Platform's `hostMalloc` and so on). `inherited` is the number of bytes in blocks that the host has
 * allocated already.
 */
export function init_hosted(tableBase: u32, limit: usize, inherited: usize): void {
  begin(tableBase);
  const p = platform();
  p.begin(HOST, limit);
  if (inherited != 0) {
    p.charge(inherited);
    ledger().resized(RAW, 0, inherited);
  }
  arenas().begin();
  setDefaultAllocators(true, true);
}

/**
 * Frees the blocks that debug hooks hold back, closes empty pools, and gives free memory at the top back to the
 * platform. Returns the bytes given back.
 */
export function relieve_heap(): usize {
  const before = platform().reserved;
  if (debug().installed != 0) debug().letAllGo();
  scavenge();
  if (THREADS) lock();
  if (platform().kind == OWN) raw().trimTop(0);
  if (THREADS) unlock();
  return before - platform().reserved;
}
