// The numbers that the core and its host both know: kinds, bits, and where things are in memory. No module exports them: the build reads
// them here, and writes them to src/core/constants.gen.ts.
//
//   *_AT       offsets from the control block's address (except TYPE_*_AT)
//   other      offsets within a record, bytes, bits, or what the name says

import { Debug } from "../hooks/debug";
import { Fault } from "../ground/fault";
import { Ledger } from "../ground/ledger";
import { Platform } from "../ground/platform";
import { Arena, Arenas } from "../alloc/arena";
import { Allocator } from "../alloc/domains";
import { Thread } from "../alloc/threads";
import { LIBC } from "../ground/domains.gen";
import {
  ARENAS_AT,
  DEBUG_AT,
  DOMAINS_AT,
  FAULT_AT,
  HEAD_AT,
  Head,
  LEDGER_AT,
  PLATFORM_AT,
  THREAD_AT,
  TRACE_AT,
} from "../ground/control";
import { Tracer, WAITING, Waiting } from "../trace/tracer";
import { ErrorState } from "../objects/model/error";
import { Collector, LISTS } from "../objects/collector/state";
import { PyModule } from "../objects/capi/runtime/fixed-objects";
import { PyMemberDef } from "../objects/capi/runtime/definitions";
import { Generation } from "../objects/model/gc-head";
import { COLLECTING, COMPACTING } from "../objects/model/reentrancy";
import { PyObject, PyType, PyVarObject } from "../objects/model/type";
import { Handles } from "../objects/model/handles";
import { Result } from "../objects/model/result";
import {
  COLLECTOR_AT,
  ERROR_AT,
  HANDLES_AT,
  RESULT_AT,
  SHAPES_AT as SHAPES,
  UNDER_WAY_AT,
} from "../objects/model/state";
import { BYTES_HEADER } from "../objects/types/bytes";
import { PyDict } from "../objects/types/dict";
import { PyFloat } from "../objects/types/float";
import { PyLong } from "../objects/types/int";
import { Keys, KEYS_HEADER } from "../objects/types/keys";
import { PyList, TUPLE_HEADER } from "../objects/types/sequence";
import { PySet } from "../objects/types/set-table";
import { PyStr } from "../objects/text/str";
import { PyRef } from "../objects/types/weak";

// ---- the allocators ----

export { DOMAINS, INTERNAL, LIBC, MEM, OBJECT, RAW } from "../ground/domains.gen";
export { POOL_SIZE } from "../ground/config";
export {
  CONTROL_BYTES,
  ENTRIES_AT,
  ENTRIES_BYTES,
  JOURNAL_AT,
  KEPT_HANDLES_AT,
  LAYOUT_VERSION,
  MAGIC,
  SCRATCH_AT,
  SHARED_BYTES,
  SHARED_OBJECTS_AT,
  SMALL_MEM_AT,
  SMALL_OBJECT_AT,
  THREAD_ALIGNMENT,
} from "../ground/control";
export { HOST } from "../ground/platform";
export { ACTIVE, DROPPED, GIVEN, RUN, TAKEN } from "../ground/journal";
export {
  ARENA_FUNCTIONS,
  CHUNK_FUNCTIONS,
  HOSTED_FUNCTIONS,
  SMALL_FUNCTIONS,
  TABLE_FUNCTIONS,
} from "../ground/table.gen";
export { CHUNK_OVERHEAD } from "../alloc/chunk";

/** The allocator of the domain native: five words. */
export const LIBC_ALLOCATOR_AT: usize = DOMAINS_AT + offsetof<Allocator>() * LIBC;
export const MAGIC_AT: usize = HEAD_AT + offsetof<Head>("magic");
export const LAYOUT_VERSION_AT: usize = HEAD_AT + offsetof<Head>("version");
export const TABLE_BASE_AT: usize = HEAD_AT + offsetof<Head>("tableBase");
export const PLATFORM_KIND_AT: usize = PLATFORM_AT + offsetof<Platform>("kind");
export const STATE_BYTES_AT: usize = HEAD_AT + offsetof<Head>("stateBytes");
export const LIMIT_AT: usize = PLATFORM_AT + offsetof<Platform>("limit");
export const WATERMARK_AT: usize = PLATFORM_AT + offsetof<Platform>("watermark");
export const LOW_MARK_AT: usize = PLATFORM_AT + offsetof<Platform>("lowMark");
export const HELD_BACK_AT: usize = PLATFORM_AT + offsetof<Platform>("heldBack");
export const RESERVED_AT: usize = PLATFORM_AT + offsetof<Platform>("reserved");
export const RESERVED_PEAK_AT: usize = PLATFORM_AT + offsetof<Platform>("peak");
export const RESERVATIONS_AT: usize = PLATFORM_AT + offsetof<Platform>("reservations");
export const FAIL_AT_AT: usize = PLATFORM_AT + offsetof<Platform>("failAt");
export const FAIL_FOREVER_AT: usize = PLATFORM_AT + offsetof<Platform>("failForever");
// The table indices of the host's allocator.
export const HOST_MALLOC_AT: usize = PLATFORM_AT + offsetof<Platform>("hostMalloc");
export const HOST_REALLOC_AT: usize = PLATFORM_AT + offsetof<Platform>("hostRealloc");
export const HOST_FREE_AT: usize = PLATFORM_AT + offsetof<Platform>("hostFree");
export const HOST_USABLE_SIZE_AT: usize = PLATFORM_AT + offsetof<Platform>("hostUsableSize");
export const HOST_FOOTPRINT_AT: usize = PLATFORM_AT + offsetof<Platform>("hostFootprint");
export const HOST_SET_FOOTPRINT_LIMIT_AT: usize = PLATFORM_AT + offsetof<Platform>("hostSetFootprintLimit");
export const YOUNGEST_ARENA_AT: usize = ARENAS_AT + offsetof<Arenas>("youngest");
export const ARENA_OLDER: usize = offsetof<Arena>("older");
export const POOLS_AT: usize = LEDGER_AT + offsetof<Ledger>("pools");
export const ALLOCATED_PEAK_AT: usize = LEDGER_AT + offsetof<Ledger>("peak");
export const LARGE_BYTES_AT: usize = LEDGER_AT + offsetof<Ledger>("bytes0");
export const LARGE_BLOCKS_AT: usize = LEDGER_AT + offsetof<Ledger>("blocks0");
export const LARGE_AT: usize = LEDGER_AT + offsetof<Ledger>("large");
export const POOLS_OPENED_AT: usize = LEDGER_AT + offsetof<Ledger>("poolsOpened");
export const ARENAS_OPENED_AT: usize = LEDGER_AT + offsetof<Ledger>("arenasOpened");

// ---- walks and checks ----

export {
  CHECK_ARENAS,
  CHECK_BLOCK,
  CHECK_LEDGER,
  CHECK_PLATFORM,
  CHECK_POOL,
  CHECK_POOL_COUNT,
  CHECK_RAW,
  DEPTH_BLOCKS,
  DEPTH_POOLS,
  POOL_DOMAIN_MASK,
  POOL_USED_SHIFT,
  VISIT_ARENA,
  VISIT_BLOCK,
  VISIT_CHUNK,
  VISIT_FREE_CHUNK,
  VISIT_POOL,
  VISIT_RETURNING,
  VISIT_TOP,
} from "../hooks/walk";

// ---- threads ----

export { BROKEN as BROKEN_LOCK } from "../ground/lock";
export const TURN_AT: usize = THREAD_AT + offsetof<Thread>("turn");
export const THREAD_STATE_AT: usize = THREAD_AT + offsetof<Thread>("state");
export const NEXT_THREAD_AT: usize = THREAD_AT + offsetof<Thread>("next");
export { VACANT } from "../alloc/threads";

// ---- debug hooks and faults ----

export { HEADER as DEBUG_HEADER } from "../hooks/debug";
export {
  DOUBLE_FREE as FAULT_DOUBLE_FREE,
  NOT_A_BLOCK as FAULT_NOT_A_BLOCK,
  OVERFLOW as FAULT_OVERFLOW,
  REALLOC_OF_FREED as FAULT_REALLOC_OF_FREED,
  UNDERFLOW as FAULT_UNDERFLOW,
  WRITE_AFTER_FREE as FAULT_WRITE_AFTER_FREE,
  WRONG_DOMAIN as FAULT_WRONG_DOMAIN,
} from "../ground/fault";
export const FAULT_KIND_AT: usize = FAULT_AT + offsetof<Fault>("kind");
export const FAULT_ADDRESS_AT: usize = FAULT_AT + offsetof<Fault>("address");
export const FAULT_SIZE_AT: usize = FAULT_AT + offsetof<Fault>("size");
export const FAULT_SERIAL_AT: usize = FAULT_AT + offsetof<Fault>("serial");
export const FAULT_DOMAIN_AT: usize = FAULT_AT + offsetof<Fault>("domain");
export const FAULT_CALLED_AT: usize = FAULT_AT + offsetof<Fault>("called");
export const FAULT_SITE_AT: usize = FAULT_AT + offsetof<Fault>("site");
export const FAULT_FREED_AT: usize = FAULT_AT + offsetof<Fault>("freedAt");
export const FAULT_OFFSET_AT: usize = FAULT_AT + offsetof<Fault>("offset");
export const HOOKS_INSTALLED_AT: usize = DEBUG_AT + offsetof<Debug>("installed");
export const FOREIGN_ALLOWED_AT: usize = DEBUG_AT + offsetof<Debug>("foreignAllowed");

// ---- the tracer ----

export { ENTRY as TRACE_NODE_BYTES } from "../trace/nodes";
export { SEEN as TRACE_SEEN_BYTES } from "../trace/shadow";
export {
  BLOCK_BYTES as TRACE_BLOCK_BYTES,
  SLOT_SHIFT as TRACE_SLOT_SHIFT,
  SLOTS as TRACE_SLOTS,
} from "../trace/tracer";
export { ENTRY as TRACE_WATCHED_BYTES } from "../trace/watched";
export {
  ALLOCATE_NEAR as TRACE_ALLOCATE_NEAR,
  CLEARED as TRACE_CLEARED,
  FREE_NEAR as TRACE_FREE_NEAR,
  HASH_ADDRESS as TRACE_HASH_ADDRESS,
  HASH_MIX as TRACE_HASH_MIX,
  HASH_SIZE as TRACE_HASH_SIZE,
  LIVE as TRACE_LIVE,
  OTHERS as TRACE_OTHERS,
  RESERVED as TRACE_RESERVED,
  RESERVED_SHIFT as TRACE_RESERVED_SHIFT,
  TIME as TRACE_TIME,
} from "../trace/events";
export { BATCH_BYTES, DOMAIN_BITS as BATCH_DOMAIN_BITS } from "../ground/batch";
export { NODE as TRACE_NODE } from "../trace/nodes";
export const TRACE_BEGIN_AT: usize = TRACE_AT + offsetof<Tracer>("begin");
export const TRACE_FULL_AT: usize = TRACE_AT + offsetof<Tracer>("full");
export const TRACE_POSITION_AT: usize = TRACE_AT + offsetof<Tracer>("position");
export const TRACE_CUT_AT: usize = TRACE_AT + offsetof<Tracer>("cut");
export const TRACE_LACKED_AT: usize = TRACE_AT + offsetof<Tracer>("lacked");
export const TRACE_SUMS_AT: usize = TRACE_AT + offsetof<Tracer>("sums");
export const TRACE_BLOCK_AT: usize = TRACE_AT + offsetof<Tracer>("block");
export const TRACE_BATCH_AT: usize = TRACE_AT + offsetof<Tracer>("batch");
/** In the tracer's block: the function that finds types. */
export const TRACE_TYPES_IN_BLOCK: usize = WAITING + offsetof<Waiting>("types");
export const TRACE_NODE_MASK_AT: usize = TRACE_AT + offsetof<Tracer>("nodeMask");
export const TRACE_WATCHED_MASK_AT: usize = TRACE_AT + offsetof<Tracer>("watchedMask");
export const TRACE_SHADOW_ROOM_AT: usize = TRACE_AT + offsetof<Tracer>("shadowRoom");
/** The first of the words by which the core reads Python's stacks. */
export const TRACE_INTERPRETERS_AT: usize = TRACE_AT + offsetof<Tracer>("interpretersAt");
export const TRACE_THREADS_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("threadsOffset");
export const TRACE_CURRENT_FRAME_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("currentFrameOffset");
export const TRACE_PREVIOUS_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("previousOffset");
export const TRACE_EXECUTABLE_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("executableOffset");
export const TRACE_INSTRUCTION_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("instructionOffset");
export const TRACE_OWNER_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("ownerOffset");
export const TRACE_CODE_INSTRUCTIONS_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("codeInstructionsOffset");
export const TRACE_TASK_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("taskOffset");
export const TRACE_COROUTINE_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("coroutineOffset");
export const TRACE_COROUTINE_FRAME_OFFSET_AT: usize = TRACE_AT + offsetof<Tracer>("coroutineFrameOffset");
export const TRACE_SHADOW_END_AT: usize = TRACE_AT + offsetof<Tracer>("shadowEnd");
export const TRACE_SETTLED_AT: usize = TRACE_AT + offsetof<Tracer>("settled");
/** The first of the words by which the core finds the chunks that frames lie in: their allocator, and whether one is kept. */
export const TRACE_CHUNK_CONTEXT_AT: usize = TRACE_AT + offsetof<Tracer>("chunkContext");
export const TRACE_CHUNK_MALLOC_AT: usize = TRACE_AT + offsetof<Tracer>("chunkMalloc");
export const TRACE_CHUNK_FREE_AT: usize = TRACE_AT + offsetof<Tracer>("chunkFree");
export const TRACE_KEEPS_CHUNK_AT: usize = TRACE_AT + offsetof<Tracer>("keepsChunk");

// ---- the state of the objects ----

export { API_TYPES_AT, STATE_BYTES, TYPE_BYTES, TYPES_AT } from "../objects/model/state";
export { FALSE_AT, NONE_AT, NOT_IMPLEMENTED_AT, TRUE_AT } from "../objects/model/singletons";
export {
  POLICY_CHARACTERS,
  POLICY_FREE_LISTS,
  POLICY_INTERNING,
  POLICY_KEY_SHARING,
  POLICY_SMALL_INTS,
} from "../objects/model/settings";

// ---- kinds of types, and how their objects are laid out ----

export {
  BOOL,
  BYTES,
  DICT,
  FLOAT,
  FROZENSET,
  INT,
  LIST,
  NONE,
  REF,
  SET,
  STR,
  TUPLE,
  TYPE,
  USER,
} from "../objects/model/kinds.gen";
export const OBJECT_REFCNT: usize = offsetof<PyObject>("refcnt");
export const OBJECT_TYPE: usize = offsetof<PyObject>("type");
export const VAR_SIZE: usize = offsetof<PyVarObject>("size");
export const TYPE_NAME: usize = offsetof<PyType>("name");
export const TYPE_BASE: usize = offsetof<PyType>("base");
export const TYPE_AFTER: usize = offsetof<PyType>("after");
export const INT_TAG: usize = offsetof<PyLong>("tag");
export const INT_DIGIT: usize = offsetof<PyLong>("digit");
export { SIGN_MASK as INT_SIGN_MASK, SIZE_SHIFT as INT_SIZE_SHIFT } from "../objects/types/int";
export const FLOAT_VALUE: usize = offsetof<PyFloat>("value");
export const STR_LENGTH: usize = offsetof<PyStr>("length");
export const STR_STATE: usize = offsetof<PyStr>("state");
export {
  ASCII_HEADER as STR_ASCII_DATA,
  COMPACT as STR_IS_COMPACT,
  STATE_ASCII as STR_IS_ASCII,
  WIDE_HEADER as STR_WIDE_DATA,
  WIDTH_MASK as STR_WIDTH_MASK,
  WIDTH_SHIFT as STR_WIDTH_SHIFT,
} from "../objects/text/str";
export const BYTES_DATA: usize = BYTES_HEADER;
export const LIST_ITEMS: usize = offsetof<PyList>("items");
export const TUPLE_ITEMS: usize = TUPLE_HEADER;
export const DICT_KEYS: usize = offsetof<PyDict>("keys");
export const DICT_VALUES: usize = offsetof<PyDict>("values");
export const KEYS_LOG_INDEX_BYTES: usize = offsetof<Keys>("logIndexBytes");
export const KEYS_KIND: usize = offsetof<Keys>("kind");
export const KEYS_COUNT: usize = offsetof<Keys>("count");
export const KEYS_INDICES: usize = KEYS_HEADER;
export { GENERAL as KEYS_GENERAL, GENERAL_ENTRY, PLAIN_ENTRY } from "../objects/types/keys";
export const SET_MASK: usize = offsetof<PySet>("mask");
export const SET_TABLE: usize = offsetof<PySet>("table");
export { SLOT_BYTES as SET_ENTRY } from "../objects/types/set-table";

export const SET_SMALL: usize = offsetof<PySet>("small0");
export { SHARED as KEYS_SHARED } from "../objects/types/keys";
export { UTF8_AT as STR_UTF8 } from "../objects/text/str";
export const REF_OBJECT: usize = offsetof<PyRef>("object");
export const REF_CALLBACK: usize = offsetof<PyRef>("callback");
export const MODULE_STATE: usize = offsetof<PyModule>("state");
// A member of a type in C: its name, its type, and its offset in an instance.
export const MEMBER_BYTES: usize = offsetof<PyMemberDef>();
export const MEMBER_TYPE: usize = offsetof<PyMemberDef>("type");
export const MEMBER_OFFSET: usize = offsetof<PyMemberDef>("offset");

// ---- what a graph of all objects needs besides (src/objects/graph) ----

export { EMPTY_KEYS_AT } from "../objects/model/state";
export { GC_BYTES, HAS_GC, HAS_OBJECT_ITEMS, IS_EXCEPTION } from "../objects/model/type";
export { IMMORTAL_MINIMUM } from "../objects/model/refcount";
export { BUILTIN, GETSET_DESCRIPTOR, MEMBER_DESCRIPTOR, METHOD_DESCRIPTOR, MODULE } from "../objects/model/kinds.gen";
export const TYPE_BASIC_SIZE: usize = offsetof<PyType>("basicSize");
export const TYPE_FLAGS: usize = offsetof<PyType>("flags");
export const TYPE_KIND: usize = offsetof<PyType>("kind");
export { DERIVED } from "../objects/model/type";
export const TYPE_TRAVERSE: usize = offsetof<PyType>("traverse");
export const TYPE_MEMBERS: usize = offsetof<PyType>("tp_members");
export const TYPE_DICT: usize = offsetof<PyType>("tp_dict");
export const TYPE_DICT_OFFSET: usize = offsetof<PyType>("tp_dictoffset");
export const TYPE_MODULE: usize = offsetof<PyType>("module");
export const TYPE_OWN: usize = offsetof<PyType>("own");
export const TYPE_HOST_ID: usize = offsetof<PyType>("hostId");
export const TYPE_SLOT_COUNT: usize = offsetof<PyType>("slots");
export const TYPE_SLOTS_AT: usize = offsetof<PyType>("slotsAt");
/**
 * The lists of tracked objects, one after the other: one for each generation, and one for objects that are never collected. The record of a
 * list begins with the address of the first object's collector header.
 */
export const TRACKED_AT: usize = COLLECTOR_AT;
export { LISTS as TRACKED_LISTS } from "../objects/collector/state";
export const TRACKED_LIST_BYTES: usize = offsetof<Generation>();
export const GARBAGE_AT: usize = COLLECTOR_AT + LISTS * offsetof<Generation>() + offsetof<Collector>("garbage");
export const COLLECTING_AT: usize = UNDER_WAY_AT + COLLECTING;
export const COMPACTING_AT: usize = UNDER_WAY_AT + COMPACTING;
export { HANDLES_AT };
export const HANDLES_BYTES: usize = offsetof<Handles>();
export const STACK_AT: usize = HANDLES_AT + offsetof<Handles>("stack");
export const STACK_TOP_AT: usize = HANDLES_AT + offsetof<Handles>("stackTop");
export const HELD_TEXT_AT: usize = RESULT_AT + offsetof<Result>("held");
/** The address of the table of shapes, or 0; each shape has the address of its keys in its second word. */
export const SHAPES_AT: usize = SHAPES;
export { CAPACITY as SHAPES_CAPACITY } from "../objects/types/shapes";
export { API_TYPES } from "../objects/model/api-types";

// ---- what the host asks for, by number ----

export { NO_START, NO_STOP } from "../objects/operations/abstract";
export { DIFFERENCE, DISJOINT, INTERSECTION, SUBSET, SUPERSET, SYMMETRIC_DIFFERENCE, UNION } from "../objects/host/set";
export { TYPE_DATA_AT, TYPE_ITEM_SIZE, TYPE_ITEMS_AT, TYPE_SLOTS } from "../objects/image/image";
export { WITH_FINALIZER, WITH_OBJECT_ITEMS, WITH_WEAK_REFERENCES } from "../objects/types/user-type";
export { ABI_VERSION } from "../objects/capi/runtime/definitions";
export {
  ID_EXTENSION,
  ID_FUNCTION,
  ID_MODULE,
} from "../objects/capi/runtime/fixed-types";
export {
  FIGURE_BYTES,
  FIGURE_FREE,
  FIGURE_FREE_BYTES,
  FIGURE_FREE_HITS,
  FIGURE_LIVE,
  INTERNED_BYTES,
  INTERNED_HITS,
  INTERNED_STRINGS,
  SHAPES_BYTES,
  SHARED_KEYS_HITS,
  SPARE_KEYS,
  SPARE_KEYS_BYTES,
  SPARE_KEYS_HITS,
  STAT_COLLECTED,
  STAT_COLLECTIONS,
  STAT_UNCOLLECTABLE,
} from "../objects/host/collector";
export { DEBUG_COLLECTABLE, DEBUG_SAVEALL } from "../objects/collector/state";
export { BROKEN, BUSY, COMPACTED } from "../objects/compaction/compact";
export { NO_MEMORY as IMAGE_NO_MEMORY } from "../objects/image/verify";

// ---- results and errors ----

export {
  IS_BIG,
  IS_ERROR,
  IS_FALSE,
  IS_MISSING,
  IS_NONE,
  IS_NUMBER,
  IS_OBJECT,
  IS_TEXT,
  IS_TRUE,
} from "../objects/host/exchange";
/** The buffer in which long values pass between the core and the host: its address and its size in bytes, both 0 while there is none. */
export const BUFFER_AT: usize = HANDLES_AT + offsetof<Handles>("buffer");
export const BUFFER_SIZE_AT: usize = HANDLES_AT + offsetof<Handles>("bufferSize");
export const RESULT_KIND_AT: usize = RESULT_AT + offsetof<Result>("kind");
export const RESULT_A_AT: usize = RESULT_AT + offsetof<Result>("a");
export const RESULT_B_AT: usize = RESULT_AT + offsetof<Result>("b");
export const RESULT_C_AT: usize = RESULT_AT + offsetof<Result>("c");
export { E_MEMORY, E_RAISED } from "../objects/model/errors.gen";
export const ERROR_CODE_AT: usize = ERROR_AT + offsetof<ErrorState>("code");
export const ERROR_A_AT: usize = ERROR_AT + offsetof<ErrorState>("a");
export const ERROR_B_AT: usize = ERROR_AT + offsetof<ErrorState>("b");
export const ERROR_C_AT: usize = ERROR_AT + offsetof<ErrorState>("c");
export const ERROR_X_AT: usize = ERROR_AT + offsetof<ErrorState>("x");
export const ERROR_Y_AT: usize = ERROR_AT + offsetof<ErrorState>("y");
export const ERROR_Z_AT: usize = ERROR_AT + offsetof<ErrorState>("z");
