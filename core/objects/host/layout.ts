// Offsets within objects, for a host that reads them in place.

import { PyObject, PyType, PyVarObject } from "../model/type";
import { PyStr } from "../text/str";
import { BYTES_HEADER } from "../types/bytes";
import { PyDict } from "../types/dict";
import { PyFloat } from "../types/float";
import { PyLong } from "../types/int";
import { Keys, KEYS_HEADER } from "../types/keys";
import { PyList, TUPLE_HEADER } from "../types/sequence";
import { PySet } from "../types/set-table";

export { EMPTY_TUPLE_AT } from "../model/singletons";
export { BOOL, BYTES, DICT, FLOAT, FROZENSET, INT, LIST, NONE, REF, SET, STR, TUPLE, TYPE, USER } from "../model/kinds";
export { POLICY_INTERNING } from "../model/settings";
export { GENERAL } from "../types/keys";
export { TYPE_BYTES, TYPES_AT } from "../model/state";

export const OBJECT_REFCNT: usize = offsetof<PyObject>("refcnt");
export const OBJECT_TYPE: usize = offsetof<PyObject>("type");
export const VAR_SIZE: usize = offsetof<PyVarObject>("size");
export const TYPE_KIND: usize = offsetof<PyType>("kind");
export const TYPE_NAME: usize = offsetof<PyType>("name");
export const TYPE_BASE: usize = offsetof<PyType>("base");
export const TYPE_AFTER: usize = offsetof<PyType>("after");
export const INT_TAG: usize = offsetof<PyLong>("tag");
export const INT_DIGIT: usize = offsetof<PyLong>("digit");
export const FLOAT_VALUE: usize = offsetof<PyFloat>("value");
export const STR_LENGTH: usize = offsetof<PyStr>("length");
export const STR_STATE: usize = offsetof<PyStr>("state");
export const LIST_ITEMS: usize = offsetof<PyList>("items");
export const TUPLE_ITEMS: usize = TUPLE_HEADER;
export const DICT_USED: usize = offsetof<PyDict>("used");
export const DICT_KEYS: usize = offsetof<PyDict>("keys");
export const DICT_VALUES: usize = offsetof<PyDict>("values");
export const KEYS_LOG_INDEX_BYTES: usize = offsetof<Keys>("logIndexBytes");
export const KEYS_KIND: usize = offsetof<Keys>("kind");
export const KEYS_COUNT: usize = offsetof<Keys>("count");
export const KEYS_INDICES: usize = KEYS_HEADER;
export const SET_USED: usize = offsetof<PySet>("used");
export const SET_MASK: usize = offsetof<PySet>("mask");
export const SET_TABLE: usize = offsetof<PySet>("table");
export { STR_ASCII_DATA, STR_IS_ASCII, STR_WIDE_DATA, STR_WIDTH_SHIFT } from "../text/str";
export { STATE_INTERNED } from "../text/str";
export const BYTES_DATA: usize = BYTES_HEADER;
