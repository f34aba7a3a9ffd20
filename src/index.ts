// pyheap: a private heap for TypeScript and WebAssembly. Python on the heap is in "pyheap/pyodide".

export type { FaultHandler, KnownBlock, Locator } from "./alloc/debug-hooks.js";
export { type AllocatorFunctions, Domain, MAX_REQUEST } from "./alloc/domain.js";
export type { ArenaAllocator, InstalledAllocator, InstalledArenaAllocator, WasmAllocator } from "./alloc/hooks.js";
export {
  type Account,
  type ArenaStats,
  type HeapItem,
  type HeapStats,
  type LargeStats,
  type ModuleStats,
  type PooledDomain,
  type SizeClassStats,
  sumOfParts,
} from "./alloc/stats.js";
export { formatStats } from "./alloc/stats-text.js";
export { type ElementType, TypedBlock, type ViewOf } from "./alloc/typed-block.js";
export type { BinaryOperator, Comparison, PyExceptionName, UnaryOperator } from "./core/catalogue.gen.js";
export { type Address, formatAddress, NULL } from "./ground/address.js";
export {
  type BlockOwner,
  type DomainName,
  describeFault,
  type Fault,
  type FaultKind,
  HeapCorruption,
  HeapFault,
  ImageError,
  MemoryError,
} from "./ground/errors.js";
export type { Compaction } from "./heap/compaction.js";
export type { FromJS } from "./heap/converted.js";
export { CoreHeap, NO_LIMIT } from "./heap/core-heap.js";
export { Heap } from "./heap/heap.js";
export { ObjectHeap } from "./heap/object-heap.js";
export type { ObjectMethods } from "./heap/object-methods.js";
export type { TypesOfImage } from "./heap/objects.js";
export type {
  AllocatorName,
  HeapImports,
  HeapOptions,
  LoadImageOptions,
  SaveOptions,
} from "./heap/options.js";
export type { Policies } from "./heap/policies.js";
export type { Traceable, TraceOptions } from "./heap/recordings.js";
export { type HeapShare, SharedHeap, type SharedHeapOptions } from "./heap/shared-heap.js";
export { type ObjectSource, SharedCounter, SharedQueue } from "./heap/shared-queue.js";
export type { Trim } from "./heap/trim.js";
export { CModule } from "./hosts/c/c-module.js";
export { CExit } from "./hosts/c/environment.js";
export { describeLeaks, type Leak, type LeakReport } from "./hosts/c/leaks.js";
export { LinkError } from "./hosts/c/link-error.js";
export type { LoadOptions } from "./hosts/c/load.js";
export type { CFunction, CValue } from "./hosts/c/loaded.js";
export type { WasmSource } from "./hosts/c/source.js";
export type { ImageSource } from "./image/stream.js";
export type { ObjectShare } from "./objects/bridge/bridge.js";
export { PyException } from "./objects/bridge/exceptions.js";
export { Handle } from "./objects/bridge/handle.js";
export { ConversionError } from "./objects/convert/conversion-error.js";
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
export { type Entries, PyDict } from "./objects/handles/dict.js";
export { PyExtensionObject, PyExtensionType, PyFunction, PyModule } from "./objects/handles/extension.js";
export { PyList, type SortOptions } from "./objects/handles/list.js";
export { PyObject, PyRow, PySequence } from "./objects/handles/object.js";
export { PyRef } from "./objects/handles/ref.js";
export { PyBool, PyBytes, PyFloat, PyInt, PyNone, PyStr } from "./objects/handles/scalars.js";
export { PyFrozenSet, PySet } from "./objects/handles/set.js";
export { PyTuple } from "./objects/handles/tuple.js";
export type { Fields, FieldType, ValueOf } from "./objects/handles/type-layout.js";
export { type FieldValues, type LastNumbers, PyInstance, PyType, type TypeOptions } from "./objects/handles/types.js";
export type { Roots } from "./objects/roots.js";
export type { ObjectStats, TypeStats, UserTypeStats } from "./objects/statistics.js";
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
export {
  DEFAULT_POLICY,
  MEASURES,
  type MeasureName,
  type Policy,
  type Pressure,
  type Reason,
} from "./pressure/policy.js";
export type { Relief, RelieveOptions } from "./pressure/relief.js";
export { EDGE, FLAG, NODE, type ObjectGraph } from "./snapshot/graph.js";
export type { SnapshotOptions, SnapshotSummary } from "./snapshot/take.js";
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
