// What the allocators' module exports: the memory functions of the Python/C API and of the C library, those that stand in
// the table of functions (protocol/table.mjs), and those that the host calls. The module that also has the objects (dist/whole.wasm) exports all
// of these, too.

export { arena_free, arena_malloc } from "../alloc/arena";
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
} from "../alloc/domains";
export { hosted_calloc, hosted_free, hosted_malloc, hosted_realloc } from "../alloc/hosted";
export { raw_calloc, raw_free, raw_malloc, raw_memalign, raw_realloc } from "../alloc/raw-functions";
export { small_calloc, small_free, small_malloc, small_realloc } from "../alloc/small";
export {
  PyMem_SetupDebugHooks,
  debug_calloc,
  debug_find,
  debug_free,
  debug_malloc,
  debug_realloc,
} from "../hooks/debug";
export { init_hosted, init_own, relieve_heap } from "../hooks/heap";
export {
  libc_aligned_alloc,
  libc_calloc,
  libc_free,
  libc_malloc,
  libc_posix_memalign,
  libc_realloc,
} from "../hooks/libc";
export { check_heap, walk_heap, walk_known } from "../hooks/walk";
export {
  trace_calloc,
  trace_free,
  trace_malloc,
  trace_realloc,
  trace_start,
  trace_stop,
} from "../trace/allocator";
export { chunk_free, chunk_malloc } from "../trace/chunks";
export { trace_flush, trace_mark } from "../trace/events";
export { childAtLine as trace_child } from "../trace/nodes";
export {
  sample_calloc,
  sample_free,
  sample_malloc,
  sample_realloc,
  sample_small_calloc,
  sample_small_free,
  sample_small_malloc,
  sample_small_realloc,
  trace_adopt,
} from "../trace/sample";
