// What the module for threads exports: the memory functions of the Python/C API, those that stand in the table of functions
// (protocol/table.mjs), and those that the host calls.
// It has the allocators alone: no hooks, no recordings. The objects of a shared heap are a module of their own, which gets its memory here.

export { arena_free, arena_malloc } from "../alloc/arena";
export {
  PyMem_Calloc,
  PyMem_Free,
  PyMem_Malloc,
  PyMem_RawCalloc,
  PyMem_RawFree,
  PyMem_RawMalloc,
  PyMem_RawRealloc,
  PyMem_Realloc,
  PyObject_Calloc,
  PyObject_Free,
  PyObject_Malloc,
  PyObject_Realloc,
} from "../alloc/domains";
export { guest_free, guest_malloc, guest_realloc } from "../alloc/guest";
export { raw_calloc, raw_free, raw_malloc, raw_realloc } from "../alloc/raw-functions";
export { small_calloc, small_free, small_malloc, small_realloc } from "../alloc/small";
export { init_own, relieve_heap } from "../hooks/heap";
export {
  thread_begin,
  thread_begin_first,
  thread_end,
  thread_flush,
  thread_leave,
  thread_open,
} from "../hooks/threads";
export { check_heap, walk_heap } from "../hooks/walk";
