// The module: what the host sees of the core. Sets the control block up; the rest is exports.

import { Arenas, arenas } from "./alloc/arena";
import { GRANULE, LIBC, MEM, RAW, WASM_PAGE } from "./ground/config";
import {
  ARENAS_AT,
  CONTROL,
  CONTROL_BYTES,
  DEBUG_AT,
  Head,
  HEAD_AT,
  head,
  LAYOUT_VERSION,
  LEDGER_AT,
  MAGIC,
  PLATFORM_AT,
  TRACE_AT,
} from "./ground/control";
import { Debug, debug } from "./hooks/debug";
import { setDefaultAllocators } from "./alloc/domains";
import { Ledger, ledger } from "./ground/ledger";
import { clampEnd, HOST, OWN, Platform, platform } from "./ground/platform";
import { CHUNK_OVERHEAD, raw } from "./alloc/raw";
import { scavenge, smallOf } from "./alloc/small";
import { Tracer } from "./trace/tracer";

export {
  ARENA_POOLS,
  DOMAINS,
  INTERNAL,
  LIBC,
  MEM,
  OBJECT,
  POOL_SIZE,
  RAW,
  SIZE_CLASSES,
  SMALL_REQUEST_THRESHOLD,
} from "./ground/config";
export { arena_free, arena_malloc } from "./alloc/arena";
export { CONTROL_BYTES, FAULT_AT, LAYOUT_VERSION, SCRATCH_AT } from "./ground/control";
export {
  DEBUG_OVERHEAD,
  debug_calloc,
  debug_check,
  debug_find,
  debug_free,
  debug_malloc,
  debug_realloc,
  PyMem_SetupDebugHooks,
} from "./hooks/debug";
export {
  PyMem_Calloc,
  PyMem_Free,
  PyMem_GetAllocator,
  PyMem_Malloc,
  PyMem_RawCalloc,
  PyMem_RawFree,
  PyMem_RawMalloc,
  PyMem_RawRealloc,
  PyMem_Realloc,
  PyMem_SetAllocator,
  PyObject_Calloc,
  PyObject_Free,
  PyObject_GetArenaAllocator,
  PyObject_Malloc,
  PyObject_Realloc,
  PyObject_SetArenaAllocator,
} from "./alloc/domains";
export { TABLE_FUNCTIONS } from "./ground/functions";
export {
  libc_aligned_alloc,
  libc_calloc,
  libc_free,
  libc_malloc,
  libc_posix_memalign,
  libc_realloc,
} from "./hooks/libc";
export { hosted_calloc, hosted_free, hosted_malloc, hosted_realloc } from "./alloc/hosted";
export { CHUNK_OVERHEAD, raw_calloc, raw_free, raw_malloc, raw_memalign, raw_realloc } from "./alloc/raw";
export { small_calloc, small_free, small_malloc, small_realloc } from "./alloc/small";
export {
  trace_calloc,
  trace_flush,
  trace_free,
  trace_malloc,
  trace_realloc,
  trace_start,
  trace_stop,
} from "./trace/allocator";
export { childAtLine as trace_child, ENTRY as TRACE_NODE_BYTES } from "./trace/nodes";
export {
  sample_calloc,
  sample_free,
  sample_malloc,
  sample_realloc,
  sample_small_calloc,
  sample_small_free,
  sample_small_malloc,
  sample_small_realloc,
} from "./trace/sample";
export { SEEN as TRACE_SEEN_BYTES } from "./trace/stack";
export { BLOCK_BYTES as TRACE_BLOCK_BYTES } from "./trace/tracer";
export { ENTRY as TRACE_WATCHED_BYTES } from "./trace/watched";
export {
  CHECK_ARENAS,
  CHECK_BLOCK,
  CHECK_LEDGER,
  CHECK_PLATFORM,
  CHECK_POOL,
  CHECK_POOL_COUNT,
  CHECK_RAW,
  check,
  DEPTH_BLOCKS,
  DEPTH_POOLS,
  VISIT_ARENA,
  VISIT_BLOCK,
  VISIT_CHUNK,
  VISIT_FREE_CHUNK,
  VISIT_KNOWN,
  VISIT_POOL,
  VISIT_TOP,
  walk,
  walk_known,
} from "./hooks/walk";

// Where the host reads and writes single words of the state.
export const STATE_BYTES_AT: usize = HEAD_AT + offsetof<Head>("stateBytes");
export const LIMIT_AT: usize = PLATFORM_AT + offsetof<Platform>("limit");
export const WATERMARK_AT: usize = PLATFORM_AT + offsetof<Platform>("watermark");
export const LOW_MARK_AT: usize = PLATFORM_AT + offsetof<Platform>("lowMark");
export const RESERVED_AT: usize = PLATFORM_AT + offsetof<Platform>("reserved");
export const RESERVED_PEAK_AT: usize = PLATFORM_AT + offsetof<Platform>("peak");
export const RESERVATIONS_AT: usize = PLATFORM_AT + offsetof<Platform>("reservations");
export const FAIL_AT_AT: usize = PLATFORM_AT + offsetof<Platform>("failAt");
export const FAIL_FOREVER_AT: usize = PLATFORM_AT + offsetof<Platform>("failForever");
export const POOLS_AT: usize = LEDGER_AT + offsetof<Ledger>("pools");
export const ALLOCATED_PEAK_AT: usize = LEDGER_AT + offsetof<Ledger>("peak");
export const LARGE_BYTES_AT: usize = LEDGER_AT + offsetof<Ledger>("bytes0");
export const LARGE_BLOCKS_AT: usize = LEDGER_AT + offsetof<Ledger>("blocks0");
export const LARGE_AT: usize = LEDGER_AT + offsetof<Ledger>("large");
export const POOLS_OPENED_AT: usize = LEDGER_AT + offsetof<Ledger>("poolsOpened");
export const ARENAS_OPENED_AT: usize = LEDGER_AT + offsetof<Ledger>("arenasOpened");
export const ARENAS_USED_AT: usize = ARENAS_AT + offsetof<Arenas>("count");
export const SERIAL_AT: usize = DEBUG_AT + offsetof<Debug>("serial");
export const HELD_BLOCKS_AT: usize = DEBUG_AT + offsetof<Debug>("count");
export const HELD_BYTES_AT: usize = DEBUG_AT + offsetof<Debug>("heldBytes");
export const HELD_BYTES_MAX_AT: usize = DEBUG_AT + offsetof<Debug>("heldBytesMax");
export const TRACE_BEGIN_AT: usize = TRACE_AT + offsetof<Tracer>("begin");
export const TRACE_FULL_AT: usize = TRACE_AT + offsetof<Tracer>("full");
export const TRACE_POSITION_AT: usize = TRACE_AT + offsetof<Tracer>("position");
export const TRACE_STACK_AT: usize = TRACE_AT + offsetof<Tracer>("interpretersAt");
export const TRACE_CUT_AT: usize = TRACE_AT + offsetof<Tracer>("cut");
export const TRACE_NODE_MASK_AT: usize = TRACE_AT + offsetof<Tracer>("nodeMask");
export const TRACE_WATCHED_MASK_AT: usize = TRACE_AT + offsetof<Tracer>("watchedMask");
export const TRACE_SHADOW_ROOM_AT: usize = TRACE_AT + offsetof<Tracer>("shadowRoom");
export const HOOKS_INSTALLED_AT: usize = DEBUG_AT + offsetof<Debug>("installed");
export const FOREIGN_ALLOWED_AT: usize = DEBUG_AT + offsetof<Debug>("foreignAllowed");

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
 * Makes a heap of the memory from CONTROL up, which grows on demand, but not past `end` (0: as far as wasm32 goes).
 * The core's functions stand in the table from `tableBase` on; the heap's own state takes `stateBytes`, the control block and
 * what else the module keeps behind it. False, if not even the state fits.
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

/** Makes a heap over a host's allocator, given as table indices. `inherited`: bytes that the host has given out. */
export function init_hosted(
  tableBase: u32,
  malloc: u32,
  calloc: u32,
  realloc: u32,
  free: u32,
  usableSize: u32,
  footprint: u32,
  setFootprintLimit: u32,
  limit: usize,
  inherited: usize,
): void {
  begin(tableBase);
  const p = platform();
  p.begin(HOST, limit);
  p.hostMalloc = malloc;
  p.hostCalloc = calloc;
  p.hostRealloc = realloc;
  p.hostFree = free;
  p.hostUsableSize = usableSize;
  p.hostFootprint = footprint;
  p.hostSetFootprintLimit = setFootprintLimit;
  if (inherited != 0) {
    p.charge(inherited);
    ledger().resized(RAW, 0, inherited);
  }
  arenas().begin();
  setDefaultAllocators(true, true);
}

/** Closes empty pools, and gives free memory at the top back to the platform. Answers the bytes given back. */
export function relieve(): usize {
  const before = platform().reserved;
  if (debug().installed != 0) debug().letAllGo();
  scavenge();
  if (platform().kind == OWN) raw().trimTop(0);
  return before - platform().reserved;
}
