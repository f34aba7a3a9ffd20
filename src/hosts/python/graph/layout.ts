// Where CPython's objects store their references, in 32-bit WebAssembly. This file has what is the same in every known
// version; the files of versions/ have the rest. Most references are found by the tp_traverse of the object's type
// (references.ts), and the offsets here only name them. So a mistake here mostly gives a reference a wrong name.

/** Offsets in a PyTypeObject; those of a PyHeapTypeObject are counted from the end of the PyTypeObject in it. */
export const TYPE = {
  name: 12,
  basicSize: 16,
  itemSize: 20,
  flags: 84,
  doc: 88,
  traverse: 92,
  weakReferences: 104,
  members: 120,
  base: 128,
  dict: 132,
  dictOffset: 144,
  isGc: 164,
  bases: 168,
  mro: 172,
  cache: 176,
  subclasses: 180,
  heap: { name: 220, slots: 224, qualifiedName: 228, cachedKeys: 232, module: 236, cName: 240 },
} as const;

/** Py_TPFLAGS_*. */
export const TYPE_FLAG = {
  inlineValues: 1 << 2,
  managedWeakref: 1 << 3,
  managedDict: 1 << 4,
  heapType: 1 << 9,
  isAbleToCollect: 1 << 14,
  int: 1 << 24,
  list: 1 << 25,
  tuple: 1 << 26,
  bytes: 1 << 27,
  str: 1 << 28,
  dict: 1 << 29,
  exception: 1 << 30,
  type: 2 ** 31,
} as const;

/** A PyMemberDef, and the kinds of members that are objects: _Py_T_OBJECT and Py_T_OBJECT_EX. */
export const MEMBER = { bytes: 20, name: 0, kind: 4, offset: 8, object: 6, objectOrError: 16 } as const;

/** An object that is never freed has at least this many references. */
export const IMMORTAL = 0x3fff_ffff;

export const FLOAT = { bytes: 16 } as const;
export const LIST = { items: 12 } as const;
export const DICT = { used: 8, keys: 24, values: 28 } as const;
/** Offsets in a PyDictKeysObject, and its kinds: general, for str keys, and shared by instances. */
export const KEYS = {
  references: 0,
  indexBytesLog2: 5,
  kind: 6,
  entries: 16,
  indices: 20,
  general: 0,
  split: 2,
} as const;
export const SET = { mask: 16, table: 20, smallTable: 32, entry: 8 } as const;
/** Offsets in an OrderedDict, and in a node of its list. */
export const ORDERED = { first: 32, table: 40, next: 8 } as const;
/** Offsets in a deque and in one of its blocks. `mostFree` is how many free blocks it keeps at most. */
export const DEQUE = {
  ...{ left: 12, right: 16, leftIndex: 20, freeCount: 36, free: 40, mostFree: 16 },
  ...{ items: 4, next: 260, blockItems: 64 },
} as const;
export const CELL = { content: 8 } as const;
export const FUNCTION = { qualifiedName: 20 } as const;
export const MODULE = { dict: 8 } as const;
export const WEAK_REFERENCE = { object: 8 } as const;
export const GENERATOR = { frame: 36 } as const;
export const FRAME_OBJECT = { frame: 12 } as const;
/** Offsets in a _PyInterpreterFrame; `owner` says who owns it. */
export const FRAME = {
  code: 0,
  previous: 4,
  function: 8,
  globals: 12,
  builtins: 16,
  locals: 20,
  object: 24,
  stackTop: 32,
  owner: 38,
  variables: 40,
} as const;
export const OWNER = { thread: 0, generator: 1, object: 2 } as const;
export const CODE = {
  variableNames: 72,
  variableKinds: 76,
  file: 80,
  qualifiedName: 88,
  firstLine: 44,
  stackSize: 40,
} as const;
/** What co_localspluskinds says about a variable. */
export const VARIABLE = { local: 0x20, cell: 0x40, free: 0x80 } as const;

/** Names for the references of some types, by offset. Most other types name theirs with their members. */
export const FIELDS: Readonly<Record<string, readonly (readonly [offset: number, name: string])[]>> = {
  function: [
    [8, "__globals__"],
    [12, "__builtins__"],
    [16, "__name__"],
    [20, "__qualname__"],
    [24, "__code__"],
    [28, "__defaults__"],
    [32, "__kwdefaults__"],
    [36, "__closure__"],
    [40, "__doc__"],
    [44, "__dict__"],
    [52, "__module__"],
    [56, "__annotations__"],
    [60, "__annotate__"],
    [64, "__type_params__"],
  ],
  builtin_function_or_method: [
    [12, "__self__"],
    [16, "__module__"],
  ],
  code: [
    [72, "co_localsplusnames"],
    [76, "co_localspluskinds"],
  ],
  generator: [
    [12, "__name__"],
    [16, "__qualname__"],
    [20, "(exception)"],
  ],
  traceback: [
    [8, "tb_next"],
    [12, "tb_frame"],
  ],
  exception: [
    [8, "__dict__"],
    [12, "args"],
    [16, "__notes__"],
    [20, "__traceback__"],
    [24, "__context__"],
    [28, "__cause__"],
  ],
  frame: [[8, "f_back"]],
  weakref: [[12, "__callback__"]],
};
