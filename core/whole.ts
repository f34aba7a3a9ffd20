// The whole module: the allocators (index.ts) and the objects on them. What the host calls is in objects/calls,
// objects/exchange and objects/collector-calls; what stands in the table is here, in the order of objects/functions.

import { CONTROL, CONTROL_BYTES } from "./control";
import { STATE_BYTES } from "./objects/state";
import { objects_begin } from "./objects/types";

export * from "./capi/memory";
export * from "./index";
export * from "./objects/calls";
export * from "./objects/capi";
export * from "./objects/capi/attribute";
export * from "./objects/capi/builtin";
export * from "./objects/capi/bytes";
export * from "./objects/capi/call";
export * from "./objects/capi/construct";
export * from "./objects/capi/dict";
export * from "./objects/capi/errors";
export {
  exception_clear,
  exception_dealloc,
  exception_getattro,
  exception_init,
  exception_new,
  exception_setattro,
  exception_traverse,
} from "./objects/capi/exception-slots";
export { define_api_types, define_exception, exception_repr, is_memory_error, push_exception_text, take_cause, take_exception } from "./objects/capi/exceptions";
export * from "./objects/capi/float";
export { name_fixed_type } from "./objects/capi/fixed-types";
export * from "./objects/capi/heap-type";
export * from "./objects/capi/host";
export * from "./objects/capi/iterate";
export * from "./objects/capi/list";
export * from "./objects/capi/long";
export { PyMember_GetOne, PyMember_SetOne } from "./objects/capi/member";
export * from "./objects/capi/module";
export { module_clear, module_drop, module_repr, module_traverse } from "./objects/capi/module-object";
export * from "./objects/capi/number";
export * from "./objects/capi/objimpl";
export * from "./objects/capi/protocol";
export * from "./objects/capi/sequence";
export * from "./objects/capi/set";
export { PyType_IsSubtype } from "./objects/capi/subtype";
export * from "./objects/capi/tuple";
export * from "./objects/capi/type";
export * from "./objects/capi/unicode";
export * from "./objects/capi/unicode-compare";
export * from "./objects/capi/unicode-search";
export * from "./objects/capi/weakref";
export * from "./objects/capi/exception-numbers";
export { API_TYPES_AT, SINGLETONS_AT } from "./objects/state";
export * from "./objects/collector-calls";
export * from "./objects/compact-calls";
export * from "./objects/exchange";
export * from "./objects/image";
export { bytes_compare, bytes_dealloc, bytes_hash, bytes_repr } from "./objects/bytes";
export { dict_compare, dict_dealloc, dict_repr } from "./objects/dict";
export { ERROR_AT, RESULT_AT, STATE_BYTES } from "./objects/state";
export { float_compare, float_dealloc, float_hash, float_repr } from "./objects/float";
export * from "./objects/error";
export * from "./objects/layout";
export * from "./objects/operators";
export { WHOLE_TABLE_FUNCTIONS } from "./objects/functions";
export { gc_visit } from "./objects/gc";
export { instance_dealloc, type_dealloc } from "./objects/instance";
export { objects_check } from "./objects/inspect";
export { int_dealloc, int_hash, int_repr, int_richcompare } from "./objects/int";
export { list_compare, list_dealloc, list_repr } from "./objects/list";
export { immortal_dealloc } from "./objects/object";
export { KEPT_BUFFER } from "./objects/handles";
export { identity_compare } from "./objects/protocol";
export {
  bool_repr,
  identity_hash,
  none_hash,
  none_repr,
  notimplemented_repr,
  object_repr,
  type_repr,
  unhashable,
} from "./objects/scalars";
export { frozenset_hash, set_compare, set_dealloc, set_repr } from "./objects/set";
export { str_dealloc } from "./objects/intern";
export { str_hash } from "./objects/str";
export { str_compare } from "./objects/protocol";
export { tuple_compare, tuple_dealloc, tuple_hash, tuple_repr } from "./objects/tuple";
export { function_dealloc, ref_compare, ref_dealloc, ref_hash, ref_repr } from "./objects/weak";
export { str_repr } from "./objects/writer";

/** Begins the object layer of a heap that was made with room for it: `key` is the secret of hashes, `policies` what is on. */
export function begin_objects(key0: u64, key1: u64, policies: u32): void {
  memory.fill(CONTROL + CONTROL_BYTES, 0, STATE_BYTES - CONTROL_BYTES);
  objects_begin(key0, key1, policies);
}
