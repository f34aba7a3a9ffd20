// The functions of the object layer that the host puts into the table, besides those of the Python/C API.

export {
  base_init,
  base_new,
  base_repr,
  base_str,
} from "../objects/capi/api/base-construct";
export {
  base_ass_item,
  base_ass_subscript,
  base_concat,
  base_contains,
  base_inplace_concat,
  base_inplace_repeat,
  base_item,
  base_iter,
  base_length,
  base_repeat,
  base_subscript,
} from "../objects/capi/api/base-containers";
export {
  base_absolute,
  base_add,
  base_and,
  base_bool,
  base_divmod,
  base_float,
  base_floor_divide,
  base_inplace_and,
  base_inplace_or,
  base_inplace_subtract,
  base_inplace_xor,
  base_int,
  base_invert,
  base_lshift,
  base_multiply,
  base_negative,
  base_or,
  base_positive,
  base_power,
  base_remainder,
  base_rshift,
  base_subtract,
  base_true_divide,
  base_xor,
} from "../objects/capi/api/base-numbers";
export { c_repr, object_init, object_new, type_call } from "../objects/capi/api/construct";
export {
  exception_clear,
  exception_dealloc,
  exception_getattro,
  exception_init,
  exception_new,
  exception_setattro,
  exception_traverse,
} from "../objects/capi/api/exception-slots";
export { c_dealloc, c_dealloc_directly, heap_object_dealloc, object_dealloc } from "../objects/capi/api/objimpl";
export { module_getattro, type_getattro, type_setattro } from "../objects/capi/runtime/attribute";
export { builtin_repr } from "../objects/capi/runtime/builtin";
export { builtin_call, descriptor_call } from "../objects/capi/runtime/call";
export { exception_repr } from "../objects/capi/runtime/exceptions";
export { module_clear, module_drop, module_repr, module_traverse } from "../objects/capi/runtime/module-object";
export { type_dealloc } from "../objects/capi/runtime/type-dealloc";
export { gc_visit } from "../objects/collector/visit";
export { immortal_dealloc } from "../objects/model/refcount";
export { str_hash } from "../objects/text/str";
export { str_repr } from "../objects/text/writer";
export { bytes_compare, bytes_dealloc, bytes_hash, bytes_repr } from "../objects/types/bytes";
export { base_clear, base_dealloc, base_traverse } from "../objects/types/derived";
export { dict_compare, dict_dealloc, dict_repr } from "../objects/types/dict";
export { float_compare, float_dealloc, float_hash, float_repr } from "../objects/types/float";
export { instance_dealloc } from "../objects/types/instance";
export { int_dealloc } from "../objects/types/int";
export { int_hash, int_richcompare } from "../objects/types/int-compare";
export { int_repr } from "../objects/types/int-repr";
export { str_dealloc } from "../objects/types/intern";
export { list_compare, list_dealloc, list_repr } from "../objects/types/list";
export { identity_compare, str_compare } from "../objects/types/protocol";
export {
  bool_repr,
  identity_hash,
  none_hash,
  none_repr,
  notimplemented_repr,
  object_repr,
  type_repr,
  unhashable_hash,
} from "../objects/types/scalars";
export { frozenset_hash, set_compare, set_dealloc, set_repr } from "../objects/types/set";
export { tuple_compare, tuple_dealloc, tuple_hash, tuple_repr } from "../objects/types/tuple";
export { function_dealloc, ref_compare, ref_dealloc, ref_hash, ref_repr } from "../objects/types/weak";
