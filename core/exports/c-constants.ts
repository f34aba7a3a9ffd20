// The numbers that the core and the headers of include/ both know, by their names in C: test/protocol.test.ts compares them.

export {
  METH_CLASS,
  METH_COEXIST,
  METH_FASTCALL,
  METH_KEYWORDS,
  METH_METHOD,
  METH_NOARGS,
  METH_O,
  METH_STATIC,
  METH_VARARGS,
} from "../objects/capi/runtime/definitions";
export {
  READONLY as Py_READONLY,
  T_BOOL as Py_T_BOOL,
  T_BYTE as Py_T_BYTE,
  T_CHAR as Py_T_CHAR,
  T_DOUBLE as Py_T_DOUBLE,
  T_FLOAT as Py_T_FLOAT,
  T_INT as Py_T_INT,
  T_LONG as Py_T_LONG,
  T_LONGLONG as Py_T_LONGLONG,
  T_NONE as _Py_T_NONE,
  T_OBJECT as _Py_T_OBJECT,
  T_OBJECT_EX as Py_T_OBJECT_EX,
  T_PYSSIZET as Py_T_PYSSIZET,
  T_SHORT as Py_T_SHORT,
  T_STRING as Py_T_STRING,
  T_STRING_INPLACE as Py_T_STRING_INPLACE,
  T_UBYTE as Py_T_UBYTE,
  T_UINT as Py_T_UINT,
  T_ULONG as Py_T_ULONG,
  T_ULONGLONG as Py_T_ULONGLONG,
  T_USHORT as Py_T_USHORT,
} from "../objects/capi/runtime/member";
export {
  DISALLOWS_INSTANTIATION as Py_TPFLAGS_DISALLOW_INSTANTIATION,
  HAS_GC as Py_TPFLAGS_HAVE_GC,
  HAS_VECTORCALL as Py_TPFLAGS_HAVE_VECTORCALL,
  IS_BASE_TYPE as Py_TPFLAGS_BASETYPE,
  IS_BYTES as Py_TPFLAGS_BYTES_SUBCLASS,
  IS_DICT as Py_TPFLAGS_DICT_SUBCLASS,
  IS_EXCEPTION as Py_TPFLAGS_BASE_EXC_SUBCLASS,
  IS_HEAP_TYPE as Py_TPFLAGS_HEAPTYPE,
  IS_INT as Py_TPFLAGS_LONG_SUBCLASS,
  IS_LIST as Py_TPFLAGS_LIST_SUBCLASS,
  IS_READY as Py_TPFLAGS_READY,
  IS_STR as Py_TPFLAGS_UNICODE_SUBCLASS,
  IS_TUPLE as Py_TPFLAGS_TUPLE_SUBCLASS,
  IS_TYPE as Py_TPFLAGS_TYPE_SUBCLASS,
} from "../objects/model/type";
export {
  IMMORTAL as _Py_IMMORTAL_REFCNT,
  IMMORTAL_MINIMUM as _Py_IMMORTAL_MINIMUM_REFCNT,
} from "../objects/model/refcount";
export {
  EQ as Py_EQ,
  GE as Py_GE,
  GT as Py_GT,
  LE as Py_LE,
  LT as Py_LT,
  NE as Py_NE,
} from "../objects/model/operators.gen";
