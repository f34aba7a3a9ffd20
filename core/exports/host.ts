// The functions of the object layer that the host calls, and the checksum of heap images.

export { memory_checksum } from "../ground/checksum";
export { begin_objects } from "../objects/begin";
export {
  define_api_types,
  define_exception,
  is_memory_error,
  push_exception_text,
  take_cause,
  take_exception,
} from "../objects/capi/runtime/exceptions";
export { name_fixed_type } from "../objects/capi/runtime/fixed-types";
export { mark_pressure_due } from "../objects/collector/due";
export { gc_collect, gc_freeze, gc_frozen, gc_unfreeze } from "../objects/collector/gc";
export { objects_check } from "../objects/collector/inspect";
export { broken_object, compact_objects, is_busy } from "../objects/compaction/compact";
export {
  binary_operator,
  bit_length,
  bytes_data,
  compare_values,
  contains_item,
  del_item,
  get_index,
  get_item,
  get_slice,
  hash_value,
  is_true,
  item_at_position,
  length_of,
  next_position,
  power_modulo,
  repr_of,
  row_count,
  row_find,
  set_item,
  size_of,
  sizeof_object,
  str_find_text,
  unary_operator,
  value_of,
} from "../objects/host/any";
export {
  build_dict,
  build_empty,
  build_list,
  build_set,
  build_tuple,
  convert_value,
  fill_dict,
  fill_list,
  fill_set,
} from "../objects/host/build";
export {
  attribute_names,
  call_method,
  call_object,
  count_dependents,
  empty_module,
  get_attribute,
  iterator_next,
  iterator_of,
  push_module,
  retire_types,
  set_attribute,
  unwind_calls,
} from "../objects/host/c-entries";
export {
  gc_count,
  gc_debug,
  gc_enabled,
  gc_garbage,
  gc_hold,
  gc_let_go,
  gc_objects,
  gc_referents,
  gc_referrers,
  gc_set_debug,
  gc_set_enabled,
  gc_set_threshold,
  gc_stat,
  gc_threshold,
  has_policy,
  is_finalized,
  is_tracked,
  objects_relieve,
  sharing_figure,
  type_figure,
  type_figure_at,
  user_type_figure,
} from "../objects/host/collector";
export { lend_objects, moved_bytes, pinned_bytes, unrooted_objects } from "../objects/host/compaction";
export {
  dict_clear_all,
  dict_drop_last,
  dict_get_text,
  dict_get_value,
  dict_last_position,
  dict_pop_value,
  dict_push_copy,
  dict_set_default_value,
  dict_update_from,
  dict_value_at,
} from "../objects/host/dict";
export {
  buffer_room,
  drop_values,
  handle_address,
  pop_handle,
  push_address,
  push_bytes,
  push_constant,
  push_float,
  push_handle,
  push_key,
  push_number,
  push_text,
  push_words,
  set_exact,
  top_address,
  top_size,
} from "../objects/host/exchange";
export {
  error_clear,
  error_object,
  handle_copy,
  handle_count,
  handle_host_id,
  handle_kind,
  handle_of,
  handle_refcount,
  handle_release,
  is_same,
} from "../objects/host/handles";
export {
  data_offset,
  instance_item,
  item_count,
  item_number,
  items_offset,
  push_instance,
  push_ref,
  push_type,
  ref_object,
  set_instance_item,
  slot_get,
  slot_set,
} from "../objects/host/instances";
export {
  del_slice,
  list_clear_all,
  list_extend,
  list_insert_at,
  list_pop_at,
  list_push,
  list_push_number,
  list_remove_item,
  list_repeat_self,
  list_reverse_all,
  list_sort_all,
  set_slice,
} from "../objects/host/list";
export {
  set_add_item,
  set_clear_all,
  set_combine,
  set_combine_update,
  set_copy_all,
  set_discard_item,
  set_pop_item,
  set_relation,
  set_remove_item,
} from "../objects/host/set";
export {
  image_forget,
  image_forget_api,
  image_restart,
  next_handle,
  set_type_functions,
  type_layout,
} from "../objects/image/image";
export { image_verify } from "../objects/image/verify";
export { release_text } from "../objects/model/result";
