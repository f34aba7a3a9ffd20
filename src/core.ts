// The core's module as the host sees it: its exports with types, and an instance over a given memory and table.

import { CORE_BASE64 } from "./core.generated.js";

type Malloc = (n: number) => number;
type Calloc = (count: number, size: number) => number;
type Realloc = (block: number, n: number) => number;
type Free = (block: number) => void;

/** The functions that C code calls, by their names in the Python/C API. */
export interface MemoryApi {
  readonly PyMem_RawMalloc: Malloc;
  readonly PyMem_RawCalloc: Calloc;
  readonly PyMem_RawRealloc: Realloc;
  readonly PyMem_RawFree: Free;
  readonly PyMem_Malloc: Malloc;
  readonly PyMem_Calloc: Calloc;
  readonly PyMem_Realloc: Realloc;
  readonly PyMem_Free: Free;
  readonly PyObject_Malloc: Malloc;
  readonly PyObject_Calloc: Calloc;
  readonly PyObject_Realloc: Realloc;
  readonly PyObject_Free: Free;
  readonly PyMem_GetAllocator: (domain: number, allocator: number) => void;
  readonly PyMem_SetAllocator: (domain: number, allocator: number) => void;
  readonly PyMem_SetupDebugHooks: () => void;
  readonly PyObject_GetArenaAllocator: (allocator: number) => void;
  readonly PyObject_SetArenaAllocator: (allocator: number) => void;
}

/** The C library's functions, for modules that import them. */
export interface LibcApi {
  readonly libc_malloc: Malloc;
  readonly libc_calloc: Calloc;
  readonly libc_realloc: Realloc;
  readonly libc_free: Free;
  readonly libc_aligned_alloc: (alignment: number, n: number) => number;
  readonly libc_posix_memalign: (target: number, alignment: number, n: number) => number;
}

export const MEMORY_API = [
  "PyMem_RawMalloc",
  "PyMem_RawCalloc",
  "PyMem_RawRealloc",
  "PyMem_RawFree",
  "PyMem_Malloc",
  "PyMem_Calloc",
  "PyMem_Realloc",
  "PyMem_Free",
  "PyObject_Malloc",
  "PyObject_Calloc",
  "PyObject_Realloc",
  "PyObject_Free",
  "PyMem_GetAllocator",
  "PyMem_SetAllocator",
  "PyMem_SetupDebugHooks",
  "PyObject_GetArenaAllocator",
  "PyObject_SetArenaAllocator",
] as const satisfies readonly (keyof MemoryApi)[];

/** The functions that stand in the table, in the order that core/ground/functions.ts defines. */
export const TABLE_ORDER: readonly string[] = [
  ...["raw_malloc", "raw_calloc", "raw_realloc", "raw_free"],
  ...["hosted_malloc", "hosted_calloc", "hosted_realloc", "hosted_free"],
  ...["small_malloc", "small_calloc", "small_realloc", "small_free"],
  ...["debug_malloc", "debug_calloc", "debug_realloc", "debug_free"],
  ...["arena_malloc", "arena_free"],
  ...["trace_malloc", "trace_calloc", "trace_realloc", "trace_free"],
  ...["sample_malloc", "sample_calloc", "sample_realloc", "sample_free"],
  ...["sample_small_malloc", "sample_small_calloc", "sample_small_realloc", "sample_small_free"],
];

/** Names of the core's exported constants; core/index.ts and core/hooks/walk.ts say what they are. */
type ConstantName =
  | `CHECK_${"PLATFORM" | "LEDGER" | "RAW" | "ARENAS" | "POOL" | "POOL_COUNT" | "BLOCK"}`
  | `VISIT_${"CHUNK" | "FREE_CHUNK" | "TOP" | "ARENA" | "POOL" | "BLOCK" | "KNOWN"}`
  | `DEPTH_${"POOLS" | "BLOCKS"}`
  | `${"LIMIT" | "WATERMARK" | "LOW_MARK" | "RESERVED" | "RESERVED_PEAK" | "RESERVATIONS" | "FAIL_AT" | "FAIL_FOREVER" | "POOLS"}_AT`
  | `${"ALLOCATED_PEAK" | "LARGE_BYTES" | "LARGE_BLOCKS" | "LARGE" | "POOLS_OPENED" | "ARENAS_OPENED"}_AT`
  | `${"ARENAS_USED" | "FAULT" | "SERIAL" | "HELD_BLOCKS" | "HELD_BYTES" | "HELD_BYTES_MAX"}_AT`
  | `${"FOREIGN_ALLOWED" | "HOOKS_INSTALLED"}_AT`
  | `TRACE_${"BEGIN" | "FULL" | "POSITION" | "STACK" | "CUT" | "NODE_MASK" | "WATCHED_MASK" | "SHADOW_ROOM"}_AT`
  | `TRACE_${"BLOCK" | "NODE" | "WATCHED" | "SEEN"}_BYTES`
  | "SCRATCH_AT"
  | "CONTROL_BYTES"
  | "STATE_BYTES_AT"
  | "ARENA_POOLS"
  | "POOL_SIZE"
  | "CHUNK_OVERHEAD"
  | "DEBUG_OVERHEAD"
  | "SIZE_CLASSES"
  | "SMALL_REQUEST_THRESHOLD"
  | "LAYOUT_VERSION"
  | "TABLE_FUNCTIONS"
  | "RAW"
  | "MEM"
  | "OBJECT"
  | "LIBC"
  | "INTERNAL";

export type CoreConstants = Readonly<Record<ConstantName, number>>;

export interface CoreFunctions extends MemoryApi, LibcApi {
  readonly init_own: (tableBase: number, end: number, limit: number, pools: number, stateBytes: number) => number;
  readonly init_hosted: (
    tableBase: number,
    malloc: number,
    calloc: number,
    realloc: number,
    free: number,
    usableSize: number,
    footprint: number,
    setFootprintLimit: number,
    limit: number,
    inherited: number,
  ) => void;
  readonly check: () => bigint;
  readonly debug_check: () => number;
  /** Whether debug hooks know a live block at an address; then the fault record describes it. */
  readonly debug_find: (block: number) => number;
  readonly walk: (depth: number) => void;
  readonly walk_known: () => void;
  /** The raw allocator's own functions, past what is installed in a domain; `domain` is what the block counts for. */
  readonly raw_malloc: (domain: number, n: number) => number;
  readonly raw_memalign: (domain: number, alignment: number, offset: number, n: number) => number;
  readonly raw_free: (domain: number, block: number) => void;
  readonly relieve: () => number;
  readonly trace_start: (samples: number) => number;
  readonly trace_flush: () => void;
  readonly trace_stop: () => void;
  readonly trace_child: (parent: number, id: number, line: number) => number;
}

/** What the core calls. */
export interface CoreHost {
  visit(kind: number, address: number, size: number, a: number, b: number): void;
  site(): number;
  fault(): void;
  /** The heap passed its watermark, or fell below its low mark, which are none now. An allocation or a free is under way. */
  watermark(): void;
  /** The tracer's buffer is to be emptied: the bytes from TRACE_BEGIN_AT's to TRACE_POSITION_AT's address. */
  traceFlush(): void;
  /** The number of the function whose code object is at an address; 0 if stacks don't show it. */
  traceCode(code: number): number;
  /** The line that a function's code unit is in. */
  traceLine(id: number, unit: number): number;
  /** The node of where the program is, where there is no interpreter. */
  traceStack(): number;
  /** Microseconds since some moment. */
  traceNow(): number;
  /** Bytes to the next sample, from 1 up. */
  traceGap(): number;
  /** PyTraceMalloc_Track and PyTraceMalloc_Untrack: 0, or -2 while memory is not traced. */
  track(domain: number, block: number, size: number): number;
  untrack(domain: number, block: number): number;
}

export interface Core<F extends CoreFunctions = CoreFunctions, C extends CoreConstants = CoreConstants> {
  readonly module: WebAssembly.Module;
  readonly functions: F;
  readonly constants: C;
  /** Memory and table change with moveTo, and so does each of the functions. */
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** Address of the control block. */
  readonly control: number;
  /** Table index of the core's first function. */
  readonly tableBase: number;
  /**
   * Another instance, over a memory that has what this one has at the same addresses, takes the place of the core's. It has another table,
   * with the same entries: the old one knows the instances that have it, and would keep the old memory with them.
   */
  moveTo(memory: WebAssembly.Memory): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The allocators' module, compiled once for the whole program. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= compileBase64(CORE_BASE64);
  return compiled;
}

export function compileBase64(bytes: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
}

/** An instance with its control block at `control`, its functions in new entries of the table; not yet a heap. */
export function instantiateCoreModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: CoreHost,
): Core {
  return instantiate(module, memory, table, control, { ...host }, TABLE_ORDER);
}

function copyOfTable(table: WebAssembly.Table): WebAssembly.Table {
  const copy = new WebAssembly.Table({ element: "anyfunc", initial: table.length });
  for (let k = 0; k < table.length; k++) copy.set(k, table.get(k));
  return copy;
}

/** As instantiateCoreModule, for a module that needs more of its host, and more of its functions in the table. */
export function instantiate<F extends CoreFunctions, C extends CoreConstants>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: Readonly<Record<string, WebAssembly.ImportValue>>,
  tableOrder: readonly string[],
): Core<F, C> {
  const constants: Record<string, number> = {};
  const functions: Record<string, WebAssembly.ExportValue> = {};
  const tableBase = table.grow(tableOrder.length);
  const over = (memory: WebAssembly.Memory, table: WebAssembly.Table) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, table }, host: { ...host, control } });
    for (const [name, value] of Object.entries(exports)) {
      if (value instanceof WebAssembly.Global) constants[name] = value.value >>> 0;
      else functions[name] = value;
    }
    for (const [k, name] of tableOrder.entries()) table.set(tableBase + k, functions[name]);
  };
  over(memory, table);
  const core = {
    module,
    functions: functions as unknown as F,
    constants: constants as C,
    memory,
    table,
    control,
    tableBase,
    moveTo(memory: WebAssembly.Memory): void {
      const before = core.memory;
      const entries = copyOfTable(core.table);
      over(memory, entries);
      core.memory = memory;
      core.table = entries;
      // Growing detaches the buffer, even if it is by nothing: who kept a view sees nothing there, instead of what is not the heap any more.
      before.grow(0);
    },
  };
  return core;
}
