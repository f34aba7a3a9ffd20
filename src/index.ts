// pyheap: a private heap for TypeScript and WebAssembly. Python on the heap is in "pyheap/pyodide".

export { type Address, formatAddress, NULL } from "./address.js";
export type { BinaryOperator, Comparison, PyExceptionName, UnaryOperator } from "./core/catalogue.gen.js";
export { CoreHeap, type KnownBlock, NO_LIMIT, type Traceable, type TraceOptions } from "./core-heap.js";
export type { FaultHandler, Locator } from "./debug-hooks.js";
export { type AllocatorFunctions, Domain, MAX_REQUEST } from "./domain.js";
export {
  type BlockOwner,
  type DomainName,
  describeFault,
  type Fault,
  type FaultKind,
  HeapCorruption,
  HeapFault,
  MemoryError,
} from "./errors.js";
export {
  type AllocatorName,
  Heap,
  type HeapImports,
  type HeapOptions,
  type LoadImageOptions,
  type SaveOptions,
} from "./heap.js";
export type { ArenaAllocator, InstalledAllocator, InstalledArenaAllocator, WasmAllocator } from "./hooks.js";
export { CModule } from "./hosts/c/c-module.js";
export { CExit } from "./hosts/c/environment.js";
export { describeLeaks, type Leak, type LeakReport } from "./hosts/c/leaks.js";
export type { LoadOptions } from "./hosts/c/load.js";
export { type CFunction, type CValue, LinkError } from "./hosts/c/loaded.js";
export type { WasmSource } from "./hosts/c/source.js";
export { ImageError } from "./image/format.js";
export type { ImageSource } from "./image/stream.js";
export { type Entries, PyDict } from "./objects/dict.js";
export { PyException } from "./objects/exceptions.js";
export { PyExtensionObject, PyExtensionType, PyFunction, PyModule } from "./objects/extension.js";
export { ConversionError } from "./objects/from-js.js";
export {
  type CollectionCallback,
  type CollectionInfo,
  DEBUG_COLLECTABLE,
  DEBUG_LEAK,
  DEBUG_SAVEALL,
  DEBUG_STATS,
  DEBUG_UNCOLLECTABLE,
  GarbageCollector,
  type GenerationStats,
} from "./objects/gc.js";
export { Handle } from "./objects/handle.js";
export { PyList, type SortOptions } from "./objects/list.js";
export { PyObject, PyRow, PySequence } from "./objects/object.js";
export { type Compaction, type FromJS, ObjectHeap, type Policies, type TypesOfImage } from "./objects/object-heap.js";
export { PyRef } from "./objects/ref.js";
export type { Roots } from "./objects/roots.js";
export { PyBool, PyBytes, PyFloat, PyInt, PyNone, PyStr } from "./objects/scalars.js";
export { PyFrozenSet, PySet } from "./objects/set.js";
export type { ObjectStats, TypeStats, UserTypeStats } from "./objects/statistics.js";
export { PyTuple } from "./objects/tuple.js";
export type { Fields, FieldType, ValueOf } from "./objects/type-layout.js";
export { type FieldValues, type LastNumbers, PyInstance, PyType, type TypeOptions } from "./objects/types.js";
export type { Totals as MeasureTotals } from "./pressure/account.js";
export type { Clock, PressureAccount } from "./pressure/books.js";
export type {
  CollectionEvent,
  CompactionEvent,
  HeapEventName,
  HeapEvents,
  Listener,
  MeasureRun,
} from "./pressure/events.js";
export type { Relief, RelieveOptions } from "./pressure/ladder.js";
export {
  DEFAULT_POLICY,
  MEASURES,
  type MeasureName,
  type Policy,
  type Pressure,
  type Reason,
} from "./pressure/policy.js";
export {
  type Account,
  type ArenaStats,
  type HeapItem,
  type HeapStats,
  type LargeStats,
  type PooledDomain,
  type SizeClassStats,
  sumOfParts,
} from "./stats.js";
export { formatStats } from "./stats-text.js";
export { DomainFilter, Filter, type FilterOptions, type TraceDomain, type TraceFilter } from "./tracemalloc/filter.js";
export {
  Snapshot,
  type StatisticKey,
  type StatisticOptions,
  type Trace,
} from "./tracemalloc/snapshot.js";
export type { Statistic, StatisticDiff } from "./tracemalloc/statistic.js";
export { type Frame, Traceback } from "./tracemalloc/traceback.js";
export { type TracedMemory, Tracemalloc } from "./tracemalloc/tracemalloc.js";
export type { Trim } from "./trim.js";
export { type ElementType, TypedBlock, type ViewOf } from "./typed-block.js";
