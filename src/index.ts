// pyheap: a private heap for TypeScript and WebAssembly. Python on the heap is in "pyheap/pyodide".

export { type Address, formatAddress, NULL } from "./address.js";
export { CoreHeap, NO_LIMIT } from "./core-heap.js";
export type { FaultHandler, Locator } from "./debug-hooks.js";
export { type AllocatorFunctions, Domain, MAX_REQUEST } from "./domain.js";
export {
  type DomainName,
  describeFault,
  type Fault,
  type FaultKind,
  HeapCorruption,
  HeapFault,
  MemoryError,
} from "./errors.js";
export { type AllocatorName, Heap, type HeapImports, type HeapOptions } from "./heap.js";
export type { ArenaAllocator, InstalledAllocator, InstalledArenaAllocator, WasmAllocator } from "./hooks.js";
export {
  type Account,
  type ArenaStats,
  type HeapItem,
  type HeapStats,
  type LargeStats,
  type SizeClassStats,
  sumOfParts,
} from "./stats.js";
export { formatStats } from "./stats-text.js";
export { type ElementType, TypedBlock, type ViewOf } from "./typed-block.js";
