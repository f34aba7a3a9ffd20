// The whole module: the allocators and the objects, as the host sees them.

import {
  type Core,
  type CoreConstants,
  type CoreFunctions,
  type CoreHost,
  compileBase64,
  instantiate,
  TABLE_ORDER,
} from "../core.js";
import { crc32 } from "../trace/crc32.js";
import { WHOLE_BASE64 } from "../whole.generated.js";

type N = number;

/** The functions on objects that other modules call, by their names in the Python/C API (core/objects/capi/api/refcount.ts). */
export interface ObjectApi {
  readonly PyType_GenericAlloc: (type: N, items: N) => N;
  readonly Py_IncRef: (object: N) => void;
  readonly Py_DecRef: (object: N) => void;
}

export const OBJECT_API = [
  "PyType_GenericAlloc",
  "Py_IncRef",
  "Py_DecRef",
] as const satisfies readonly (keyof ObjectApi)[];

/** What the host can call; core/objects/calls, exchange and collector say what each function does. */
export interface WholeFunctions extends CoreFunctions, ObjectApi {
  readonly begin_objects: (key0: bigint, key1: bigint, policies: N) => void;
  readonly objects_check: () => N;
  readonly error_clear: () => void;
  readonly error_object: (which: N) => N;
  readonly define_exception: (k: N, base: N) => N;
  readonly define_api_types: () => N;
  readonly name_fixed_type: (place: N) => void;
  readonly push_module: (answered: N) => N;
  readonly attribute_names: (handle: N) => N;
  readonly get_attribute: (handle: N) => N;
  readonly set_attribute: (handle: N, withValue: N) => N;
  readonly call_object: (handle: N, n: N, named: N) => N;
  readonly call_method: (n: N) => N;
  readonly iterator_of: (handle: N) => N;
  readonly iterator_next: (handle: N) => N;
  readonly empty_module: (handle: N) => void;
  readonly dependents: (start: N, end: N, tableStart: N, tableEnd: N) => N;
  readonly retire_types: (start: N, end: N) => void;
  readonly take_exception: () => N;
  readonly take_cause: (handle: N) => N;
  readonly is_memory_error: (handle: N) => N;
  readonly push_exception_text: (handle: N) => N;

  readonly push_number: (v: N) => N;
  readonly push_float: (v: N) => N;
  readonly push_words: (n: N, negative: N) => N;
  readonly push_constant: (kind: N) => N;
  readonly push_text: (n: N, width: N) => N;
  readonly push_key: (n: N, width: N) => N;
  readonly push_bytes: (n: N) => N;
  readonly top_size: () => N;
  readonly gc_hold: () => void;
  readonly gc_let_go: () => void;
  readonly has_policy: (policy: N) => N;
  readonly push_handle: (handle: N) => N;
  readonly push_address: (address: N) => N;
  readonly top_address: () => N;
  readonly drop: (n: N) => void;
  readonly pop_handle: () => N;
  readonly buffer_room: (n: N) => N;
  readonly release_text: () => void;
  readonly set_exact: (on: N) => N;
  readonly read_big: (address: N) => N;

  readonly handle_address: (handle: N) => N;
  readonly handle_release: (handle: N) => void;
  readonly handle_copy: (handle: N) => N;
  readonly handle_kind: (handle: N) => N;
  readonly handle_host_id: (handle: N) => N;
  readonly handle_of: (address: N) => N;
  readonly handle_count: () => N;
  readonly refcount: (handle: N) => N;
  readonly is_same: (a: N, b: N) => N;

  readonly build_list: (n: N) => N;
  readonly build_tuple: (n: N) => N;
  readonly build_dict: (n: N) => N;
  readonly build_set: (n: N, frozen: N) => N;
  readonly build_empty: (kind: N, room: N) => N;
  readonly fill_list: (n: N) => N;
  readonly fill_dict: () => N;
  readonly fill_set: () => N;
  readonly convert: (kind: N) => N;

  readonly value_of: (handle: N) => N;
  readonly length: (handle: N) => N;
  readonly size_of: (handle: N) => N;
  readonly is_true: (handle: N) => N;
  readonly sizeof_object: (handle: N) => N;
  readonly hash: () => N;
  readonly repr: () => N;
  readonly compare_values: (op: N) => N;
  readonly binary_operator: (operator: N) => N;
  readonly unary_operator: (operator: N) => N;
  readonly power_modulo: () => N;
  readonly bit_length: (handle: N) => N;
  readonly get_index: (handle: N, index: N) => N;
  readonly get_item: (handle: N) => N;
  readonly set_item: (handle: N) => N;
  readonly del_item: (handle: N) => N;
  readonly contains_item: (handle: N) => N;
  readonly get_slice: (handle: N, start: N, stop: N, step: N, absent: N) => N;
  readonly set_slice: (handle: N, start: N, stop: N, step: N, absent: N) => N;
  readonly del_slice: (handle: N, start: N, stop: N, step: N, absent: N) => N;
  readonly next_position: (handle: N, position: N, size: N) => N;
  readonly item_at_position: (handle: N, position: N) => N;
  readonly dict_value_at: (handle: N, position: N) => N;
  readonly row_find: (handle: N, start: N, stop: N) => N;
  readonly row_count: (handle: N) => N;

  readonly list_push_number: (handle: N, v: N) => N;
  readonly list_push: (handle: N) => N;
  readonly list_insert_at: (handle: N, index: N) => N;
  readonly list_pop_at: (handle: N, index: N) => N;
  readonly list_remove_item: (handle: N) => N;
  readonly list_extend: (handle: N) => N;
  readonly list_repeat_self: (handle: N) => N;
  readonly list_clear_all: (handle: N) => void;
  readonly list_reverse_all: (handle: N) => void;
  readonly list_sort_all: (handle: N, reverse: N, withKeys: N) => N;

  readonly dict_get_text: (handle: N, n: N, width: N) => N;
  readonly dict_get_value: (handle: N) => N;
  readonly dict_set_default_value: (handle: N) => N;
  readonly dict_pop_value: (handle: N) => N;
  readonly dict_last_position: (handle: N) => N;
  readonly dict_drop_last: (handle: N) => N;
  readonly dict_update_from: (handle: N) => N;
  readonly dict_clear_all: (handle: N) => void;

  readonly set_add_item: (handle: N) => N;
  readonly set_discard_item: (handle: N) => N;
  readonly set_remove_item: (handle: N) => N;
  readonly set_pop_item: (handle: N) => N;
  readonly set_clear_all: (handle: N) => void;
  readonly set_copy_all: (handle: N) => N;
  readonly set_combine: (handle: N, operation: N) => N;
  readonly set_combine_update: (handle: N, operation: N) => N;
  readonly set_relation: (handle: N, relation: N) => N;

  readonly str_find_text: (handle: N, from: N) => N;
  readonly bytes_data: (handle: N) => N;

  readonly push_ref: (handle: N, callback: N) => N;
  readonly ref_object: (handle: N) => N;

  readonly push_type: (
    slots: N,
    dataBytes: N,
    itemSize: N,
    options: N,
    traverse: N,
    clear: N,
    finalize: N,
    drop: N,
    hostId: N,
  ) => N;
  readonly push_instance: (handle: N, items: N) => N;
  readonly slot_get: (handle: N, k: N) => N;
  readonly slot_set: (handle: N, k: N) => N;
  readonly item_count: (handle: N) => N;
  readonly item_number: (handle: N, index: N, what: N) => N;
  readonly instance_item: (handle: N, k: N) => N;
  readonly set_instance_item: (handle: N, k: N) => void;
  readonly data_offset: (type: N) => N;
  readonly items_offset: (type: N) => N;

  readonly gc_collect: (generation: N) => N;
  readonly gc_enabled: () => N;
  readonly gc_set_enabled: (on: N) => void;
  readonly gc_threshold: (generation: N) => N;
  readonly gc_set_threshold: (generation: N, threshold: N) => void;
  readonly gc_count: (generation: N) => N;
  readonly gc_stat: (generation: N, which: N) => N;
  readonly gc_debug: () => N;
  readonly gc_set_debug: (flags: N) => void;
  readonly gc_garbage: () => N;
  readonly gc_objects: (generation: N) => N;
  readonly gc_referents: () => N;
  readonly gc_referrers: () => N;
  readonly gc_freeze: () => void;
  readonly gc_unfreeze: () => void;
  readonly gc_frozen: () => N;
  readonly is_tracked: (handle: N) => N;
  readonly is_finalized: (handle: N) => N;

  readonly lend: () => void;
  readonly compact: () => N;
  readonly unrooted_objects: () => N;
  readonly moved_bytes: () => N;
  readonly pinned_bytes: () => N;
  readonly broken_object: () => N;
  readonly objects_relieve: () => void;
  readonly press: () => void;
  readonly is_busy: () => number;
  readonly checksum: (at: N, n: N, seed: bigint) => bigint;
  readonly image_forget: () => N;
  readonly image_forget_api: () => N;
  readonly image_restart: () => void;
  readonly image_verify: (tableBase: N) => N;
  readonly next_handle: (handle: N) => N;
  readonly set_type_functions: (hostId: N, finalize: N, drop: N) => N;
  readonly type_layout: (hostId: N, which: N) => N;
  readonly type_figure: (kind: N, which: N) => N;
  readonly type_figure_at: (address: N, which: N) => N;
  readonly user_type_figure: (handle: N, which: N) => N;
  readonly sharing_figure: (which: N) => N;
}

/** Names of the constants that the whole module adds; core/objects/layout, error, exchange and operators define them. */
type WholeConstantName =
  | `${"STATE" | "TYPE"}_BYTES`
  | `${"ERROR" | "RESULT" | "TYPES"}_AT`
  | `IS_${"NUMBER" | "NONE" | "TRUE" | "FALSE" | "TEXT" | "BIG" | "OBJECT" | "MISSING" | "ERROR"}`
  | "BOOL"
  | "BYTES"
  | "DICT"
  | "FLOAT"
  | "FROZENSET"
  | "INT"
  | "LIST"
  | "NONE"
  | "REF"
  | "SET"
  | "STR"
  | "TUPLE"
  | "TYPE"
  | "USER"
  | `E_${"MEMORY" | "UNHASHABLE" | "KEY" | "INDEX" | "OPERANDS" | "ORDER" | "DIVISION" | "OVERFLOW" | "VALUE"}`
  | `E_${"RECURSION" | "CHANGED" | "EMPTY" | "TYPE" | "RAISED" | "API"}`
  | "API_TYPES_AT"
  | "SINGLETONS_AT"
  | `OBJECT_${"REFCNT" | "TYPE"}`
  | "VAR_SIZE"
  | `TYPE_${"KIND" | "NAME" | "AFTER" | "BASE"}`
  | `INT_${"TAG" | "DIGIT"}`
  | "FLOAT_VALUE"
  | `STR_${"LENGTH" | "STATE" | "ASCII_DATA" | "WIDE_DATA" | "IS_ASCII" | "WIDTH_SHIFT"}`
  | "STATE_INTERNED"
  | "BYTES_DATA"
  | "LIST_ITEMS"
  | "TUPLE_ITEMS"
  | `DICT_${"USED" | "KEYS" | "VALUES"}`
  | `KEYS_${"LOG_INDEX_BYTES" | "KIND" | "COUNT" | "INDICES"}`
  | `SET_${"USED" | "MASK" | "TABLE"}`
  | "GENERAL"
  | "POLICY_INTERNING"
  | "COMPACTED"
  | "BUSY"
  | "BROKEN"
  | "KEPT_BUFFER"
  | `TYPE_${"SLOTS" | "DATA_AT" | "ITEMS_AT" | "ITEM_SIZE"}`;

export type WholeConstants = CoreConstants & Readonly<Record<WholeConstantName, number>>;
export type WholeCore = Core<WholeFunctions, WholeConstants>;

/** What the object layer calls, besides what the allocators do. */
export interface ObjectHost {
  /** Writes a float's repr in ASCII to an address. Answers its length. */
  formatFloat(v: number, target: number): number;
  pow(x: number, y: number): number;
  isPrintable(char: number): number;
  /** Writes the name of a built-in type in ASCII to an address. Answers its length. */
  typeName(kind: number, target: number): number;
  /** A collection begins (phase 0) or ended (phase 1). */
  collected(phase: number, generation: number, collected: number, uncollectable: number): void;
  /** Calls function number `id` with the weak reference at an address. */
  call(id: number, ref: number): void;
  /** Function number `id` is not needed any more. */
  drop(id: number): void;
  /** A safe point, after `press`: measures can run. */
  pressure(): void;
  /** Writes the number that characters are, as Python's float() reads them, to an address: 1; 0 if they are none. */
  parseFloat(data: number, width: number, n: number, target: number): number;
  /** Puts the words of the error that is set on the core's stack: 1; 0, with another error, if there is no memory. */
  errorWords(): number;
  /** The type with this host id is gone. */
  dropType(hostId: number): void;
}

/** Each type's dealloc, hash, compare, repr, in the order of the kinds; then the others (core/objects/model/functions.ts). */
const TYPE_FUNCTIONS: readonly string[] = [
  ...["immortal_dealloc", "none_hash", "identity_compare", "none_repr"],
  ...["immortal_dealloc", "identity_hash", "identity_compare", "notimplemented_repr"],
  ...["type_dealloc", "identity_hash", "identity_compare", "type_repr"],
  ...["immortal_dealloc", "int_hash", "int_richcompare", "bool_repr"],
  ...["int_dealloc", "int_hash", "int_richcompare", "int_repr"],
  ...["float_dealloc", "float_hash", "float_compare", "float_repr"],
  ...["str_dealloc", "str_hash", "str_compare", "str_repr"],
  ...["bytes_dealloc", "bytes_hash", "bytes_compare", "bytes_repr"],
  ...["tuple_dealloc", "tuple_hash", "tuple_compare", "tuple_repr"],
  ...["list_dealloc", "unhashable", "list_compare", "list_repr"],
  ...["dict_dealloc", "unhashable", "dict_compare", "dict_repr"],
  ...["set_dealloc", "unhashable", "set_compare", "set_repr"],
  ...["set_dealloc", "frozenset_hash", "set_compare", "set_repr"],
  ...["ref_dealloc", "ref_hash", "ref_compare", "ref_repr"],
  ...["function_dealloc", "identity_hash", "identity_compare", "object_repr"],
  ...["instance_dealloc", "identity_hash", "identity_compare", "object_repr"],
  "gc_visit",
  "exception_repr",
  ...[
    "PyObject_Repr",
    "PyObject_Str",
    "PyType_GenericAlloc",
    "object_new",
    "object_init",
    "PyObject_Del",
    "PyObject_GC_Del",
  ],
  ...["PyObject_GenericGetAttr", "PyObject_GenericSetAttr", "object_dealloc", "heap_object_dealloc"],
  ...["type_call", "type_getattro", "type_setattro", "builtin_call", "descriptor_call"],
  ...["module_getattro", "module_traverse", "module_clear", "module_drop"],
  ...["c_dealloc", "c_repr", "builtin_repr", "module_repr"],
  ...["exception_new", "exception_init", "exception_dealloc", "exception_traverse", "exception_clear"],
  ...["exception_getattro", "exception_setattro"],
];

let compiled: Promise<WebAssembly.Module> | undefined;
let knownChecksum: number | undefined;

/** What tells this build of the core from others. */
export function wholeChecksum(): number {
  knownChecksum ??= crc32(new TextEncoder().encode(WHOLE_BASE64));
  return knownChecksum;
}

/** The whole module, compiled once for the whole program. */
export function wholeModule(): Promise<WebAssembly.Module> {
  compiled ??= compileBase64(WHOLE_BASE64);
  return compiled;
}

/** An instance with its control block at `control`, its functions in new entries of the table; not yet a heap. */
export function instantiateWhole(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: CoreHost & ObjectHost,
): WholeCore {
  const imports = {
    ...{ visit: host.visit, site: host.site, fault: host.fault, watermark: host.watermark },
    ...{ traceFlush: host.traceFlush, traceCode: host.traceCode, traceLine: host.traceLine },
    ...{ traceStack: host.traceStack, traceNow: host.traceNow, traceGap: host.traceGap },
    ...{ track: host.track, untrack: host.untrack },
    ...{ formatFloat: host.formatFloat, typeName: host.typeName, pow: host.pow, isPrintable: host.isPrintable },
    ...{ collected: host.collected, call: host.call, drop: host.drop, pressure: host.pressure },
    ...{ dropType: host.dropType, parseFloat: host.parseFloat, errorWords: host.errorWords },
  };
  return instantiate(module, memory, table, control, imports, [...TABLE_ORDER, ...TYPE_FUNCTIONS]);
}
