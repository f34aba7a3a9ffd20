// The core's functions in the heap's table, in order, from `tableBase` on. Each row has the core's constant for the
// place of the first function, and the functions.

/** In both of the core's WebAssembly modules. */
export const ALLOCATORS = [
  ["RAW_FUNCTIONS", ["raw_malloc", "raw_calloc", "raw_realloc", "raw_free"]],
  ["HOSTED_FUNCTIONS", ["hosted_malloc", "hosted_calloc", "hosted_realloc", "hosted_free"]],
  ["SMALL_FUNCTIONS", ["small_malloc", "small_calloc", "small_realloc", "small_free"]],
  ["DEBUG_FUNCTIONS", ["debug_malloc", "debug_calloc", "debug_realloc", "debug_free"]],
  ["ARENA_FUNCTIONS", ["arena_malloc", "arena_free"]],
  ["TRACE_FUNCTIONS", ["trace_malloc", "trace_calloc", "trace_realloc", "trace_free"]],
  ["SAMPLE_FUNCTIONS", ["sample_malloc", "sample_calloc", "sample_realloc", "sample_free"]],
  [
    "SAMPLE_SMALL_FUNCTIONS",
    ["sample_small_malloc", "sample_small_calloc", "sample_small_realloc", "sample_small_free"],
  ],
  ["CHUNK_FUNCTIONS", ["chunk_malloc", "chunk_free"]],
];

// Then follow the four functions of each type (types.mjs); and then:

/** For the collector and for exceptions. */
export const OBJECTS = [
  ["GC_VISIT", "gc_visit"],
  ["EXCEPTION_REPR", "exception_repr"],
];

/** In the slots of types, for C to call. */
export const SLOTS = [
  ["SLOT_REPR", "PyObject_Repr"],
  ["SLOT_STR", "PyObject_Str"],
  ["SLOT_ALLOC", "PyType_GenericAlloc"],
  ["SLOT_NEW", "object_new"],
  ["SLOT_INIT", "object_init"],
  ["SLOT_FREE", "PyObject_Del"],
  ["SLOT_GC_FREE", "PyObject_GC_Del"],
  ["SLOT_GETATTRO", "PyObject_GenericGetAttr"],
  ["SLOT_SETATTRO", "PyObject_GenericSetAttr"],
  ["SLOT_DEALLOC", "object_dealloc"],
  ["SLOT_HEAP_DEALLOC", "heap_object_dealloc"],
  ["SLOT_TYPE_CALL", "type_call"],
  ["SLOT_TYPE_GETATTRO", "type_getattro"],
  ["SLOT_TYPE_SETATTRO", "type_setattro"],
  ["SLOT_BUILTIN_CALL", "builtin_call"],
  ["SLOT_DESCRIPTOR_CALL", "descriptor_call"],
  ["SLOT_MODULE_GETATTRO", "module_getattro"],
  ["SLOT_MODULE_TRAVERSE", "module_traverse"],
  ["SLOT_MODULE_CLEAR", "module_clear"],
  ["SLOT_MODULE_DROP", "module_drop"],
  // The core calls the next three for a type that C defined, in place of tp_dealloc and tp_repr.
  ["SLOT_C_DEALLOC", "c_dealloc"],
  ["SLOT_C_DIRECT", "c_dealloc_directly"],
  ["SLOT_C_REPR", "c_repr"],
  ["SLOT_BUILTIN_REPR", "builtin_repr"],
  ["SLOT_MODULE_REPR", "module_repr"],
  ["SLOT_SELF_ITER", "PyObject_SelfIter"],
  ["SLOT_ITERATOR_NEXT", "PyIter_Next"],
  ["SLOT_EXCEPTION_NEW", "exception_new"],
  ["SLOT_EXCEPTION_INIT", "exception_init"],
  ["SLOT_EXCEPTION_DEALLOC", "exception_dealloc"],
  ["SLOT_EXCEPTION_TRAVERSE", "exception_traverse"],
  ["SLOT_EXCEPTION_CLEAR", "exception_clear"],
  ["SLOT_EXCEPTION_GETATTRO", "exception_getattro"],
  ["SLOT_EXCEPTION_SETATTRO", "exception_setattro"],
];
