// The whole module: the allocators (index.ts) and the objects on them. What the host calls is in objects/host; what stands
// in the table is here, in the order of objects/model/functions.

import { CONTROL, CONTROL_BYTES } from "./ground/control";
import { STATE_BYTES } from "./objects/model/state";
import { objects_begin } from "./objects/begin";

export * from "./objects/capi/api/memory";
export * from "./index";
export * from "./objects/host/any";
export * from "./objects/host/build";
export * from "./objects/host/dict";
export * from "./objects/host/handles";
export * from "./objects/host/instances";
export * from "./objects/host/list";
export * from "./objects/host/set";
export * from "./objects/capi/api/refcount";
export * from "./objects/capi/runtime/attribute";
export * from "./objects/capi/runtime/builtin";
export * from "./objects/capi/api/bytes";
export * from "./objects/capi/runtime/call";
export {
  PyFloat_AsDouble,
  PyLong_AsLong,
  PyLong_AsLongLong,
  PyLong_AsSsize_t,
  PyLong_AsUnsignedLong,
  PyLong_AsUnsignedLongLong,
  PyLong_AsUnsignedLongLongMask,
  PyLong_AsUnsignedLongMask,
} from "./objects/capi/runtime/convert";
export * from "./objects/capi/api/construct";
export * from "./objects/capi/api/dict";
export * from "./objects/capi/api/errors";
export {
  exception_clear,
  exception_dealloc,
  exception_getattro,
  exception_init,
  exception_new,
  exception_setattro,
  exception_traverse,
} from "./objects/capi/api/exception-slots";
export { define_api_types, define_exception, exception_repr, is_memory_error, push_exception_text, take_cause, take_exception } from "./objects/capi/runtime/exceptions";
export * from "./objects/capi/api/float";
export { name_fixed_type } from "./objects/capi/runtime/fixed-types";
export * from "./objects/capi/runtime/heap-type";
export * from "./objects/host/c-entries";
export * from "./objects/capi/api/iterate";
export * from "./objects/capi/api/list";
export * from "./objects/capi/api/long";
export { PyMember_GetOne, PyMember_SetOne } from "./objects/capi/runtime/member";
export * from "./objects/capi/api/module";
export { module_clear, module_drop, module_repr, module_traverse } from "./objects/capi/runtime/module-object";
export * from "./objects/capi/api/number";
export * from "./objects/capi/api/objimpl";
export * from "./objects/capi/api/object";
export * from "./objects/capi/api/sequence";
export * from "./objects/capi/api/set";
export { PyType_IsSubtype } from "./objects/model/subtype";
export * from "./objects/capi/api/tuple";
export * from "./objects/capi/runtime/type";
export * from "./objects/capi/api/unicode";
export * from "./objects/capi/api/unicode-compare";
export * from "./objects/capi/api/unicode-search";
export * from "./objects/capi/api/weakref";
export * from "./objects/model/exception-numbers";
export { API_TYPES_AT, SINGLETONS_AT } from "./objects/model/state";
export * from "./objects/host/collector";
export * from "./objects/host/compaction";
export * from "./objects/host/exchange";
export * from "./objects/image/image";
export { bytes_compare, bytes_dealloc, bytes_hash, bytes_repr } from "./objects/types/bytes";
export { dict_compare, dict_dealloc, dict_repr } from "./objects/types/dict";
export { ERROR_AT, RESULT_AT, STATE_BYTES } from "./objects/model/state";
export { float_compare, float_dealloc, float_hash, float_repr } from "./objects/types/float";
export * from "./objects/model/error";
export { release_text } from "./objects/model/result";
export * from "./objects/host/layout";
export * from "./objects/model/operators";
export { WHOLE_TABLE_FUNCTIONS } from "./objects/model/functions";
export { gc_visit } from "./objects/collector/visit";
export { instance_dealloc } from "./objects/types/instance";
export { type_dealloc } from "./objects/capi/runtime/type-dealloc";
export { objects_check } from "./objects/collector/inspect";
export { int_dealloc } from "./objects/types/int";
export { int_hash, int_richcompare } from "./objects/types/int-compare";
export { int_repr } from "./objects/types/int-repr";
export { list_compare, list_dealloc, list_repr } from "./objects/types/list";
export { immortal_dealloc } from "./objects/model/refcount";
export { KEPT_BUFFER } from "./objects/model/handles";
export { identity_compare } from "./objects/types/protocol";
export {
  bool_repr,
  identity_hash,
  none_hash,
  none_repr,
  notimplemented_repr,
  object_repr,
  type_repr,
  unhashable,
} from "./objects/types/scalars";
export { frozenset_hash, set_compare, set_dealloc, set_repr } from "./objects/types/set";
export { str_dealloc } from "./objects/types/intern";
export { str_hash } from "./objects/text/str";
export { str_compare } from "./objects/types/protocol";
export { tuple_compare, tuple_dealloc, tuple_hash, tuple_repr } from "./objects/types/tuple";
export { function_dealloc, ref_compare, ref_dealloc, ref_hash, ref_repr } from "./objects/types/weak";
export { str_repr } from "./objects/text/writer";

/** Begins the object layer of a heap that was made with room for it: `key` is the secret of hashes, `policies` what is on. */
export function begin_objects(key0: u64, key1: u64, policies: u32): void {
  memory.fill(CONTROL + CONTROL_BYTES, 0, STATE_BYTES - CONTROL_BYTES);
  objects_begin(key0, key1, policies);
}
