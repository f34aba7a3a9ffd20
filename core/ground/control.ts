// The control block: where each part of the heap keeps its state.
//
//   CONTROL
//   | head | platform | ledger | raw allocator | arenas | small mem | small object | small native | domains | debug | fault | scratch | trace |
//
// The block's address is the module's only piece of state outside linear memory, and it is an import: the same module
// can be instantiated over any memory. A part may only touch its own region; each asserts, when it is compiled, that
// its structure fits.
//
// In the build for threads, each thread has a control block, with its arenas, pools and domains. The block of the thread that began
// the heap also has what all of them share: platform, ledger and raw allocator, the lock, where the objects are, the journal (journal.ts), and
// the directory of pools.
//
//   the first thread's:   | control block | thread | handles | lock | objects | journal | directory | entries |
//   the others':          | control block | thread | handles |

import { THREADS } from "./config";

/** Address of the control block; a multiple of 8, and in the build for threads of THREAD_ALIGNMENT. */
@external("host", "control")
export declare const CONTROL: usize;

/** In the build for threads: address of the first thread's control block. */
@external("host", "shared")
declare const FIRST_CONTROL: usize;

/** Address of the control block that has what all threads share. */
@inline
export function shared(): usize {
  if (THREADS) return FIRST_CONTROL;
  return CONTROL;
}

export const HEAD_AT: usize = 0;
export const PLATFORM_AT: usize = 32;
export const LEDGER_AT: usize = 128;
export const RAW_AT: usize = 256;
export const ARENAS_AT: usize = 2304;
export const SMALL_MEM_AT: usize = 2432;
export const SMALL_OBJECT_AT: usize = 2720;
export const SMALL_LIBC_AT: usize = 3008;
export const DOMAINS_AT: usize = 3296;
export const DEBUG_AT: usize = 3424;
export const FAULT_AT: usize = 3680;
export const SCRATCH_AT: usize = 3744;
export const TRACE_AT: usize = 3872;
/** Bytes of the whole block. */
export const CONTROL_BYTES: usize = 4224;

/** In the build for threads: what follows the block, each part in cache lines of its own. */
export const THREAD_AT: usize = CONTROL_BYTES;
/** The thread's handles of objects, while another thread uses the objects: the host exchanges them. */
export const KEPT_HANDLES_AT: usize = 4480;
export const LOCK_AT: usize = 4544;
/** Bytes of a thread's state, and how it is aligned: so the address of a bin tells whose it is. */
export const THREAD_BYTES: usize = LOCK_AT;
export const THREAD_ALIGNMENT: usize = 8192;
/** What the host knows of the objects: their lock, and where they are. The core does not use it. */
export const SHARED_OBJECTS_AT: usize = 4608;
export const JOURNAL_AT: usize = 4672;
export const DIRECTORY_AT: usize = 4736;
/** The journal's entries; more than fit here, the host keeps elsewhere. */
export const ENTRIES_AT: usize = DIRECTORY_AT + 4096 * 4;
export const ENTRIES_BYTES: usize = 8192;
/** Bytes of the first thread's state. */
export const SHARED_BYTES: usize = ENTRIES_AT + ENTRIES_BYTES;

/** "PYHE", little-endian, in the block's first word. */
export const MAGIC: u32 = 0x45485950;
/** Raised whenever a structure in linear memory changes. */
export const LAYOUT_VERSION: u32 = 7;

@unmanaged
export class Head {
  magic: u32;
  version: u32;
  /** Table index of the first of the core's own functions; see functions.ts for their order. */
  tableBase: u32;
  /** Bytes of the heap's own state: this block, and what a module with objects keeps after it. */
  stateBytes: u32;
}

@inline
export function head(): Head {
  return changetype<Head>(CONTROL + HEAD_AT);
}
