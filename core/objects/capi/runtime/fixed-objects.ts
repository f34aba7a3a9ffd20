// The objects of the API's own types, exceptions and iterators, field by field. They have the layout of users' types (types/instance.ts):
// slots, which are references and None at first, then data from a multiple of 8 on.

import { PyObject, PyType } from "../../model/type";
import { PyDict } from "../../types/dict";

const SLOTS_AT: usize = offsetof<PyObject>();

/** builtin_function_or_method */
@unmanaged
export class PyCFunction extends PyObject {
  /** None also if `self` is NULL: see HAS_SELF of builtin.ts. */
  self: PyObject;
  module: PyObject;
  /** The class of a method of METH_METHOD. */
  definingClass: PyObject;
  private toMultipleOf8: u32;
  /** PyMethodDef */
  definition: usize;
  flags: u32;
}
export const FUNCTION_SLOTS: u32 = 3;
if (offsetof<PyCFunction>("definition") != ((SLOTS_AT + FUNCTION_SLOTS * 4 + 7) & ~7))
  ERROR("PyCFunction: the data must follow the slots");

/** method_descriptor, member_descriptor, getset_descriptor */
@unmanaged
export class PyDescr extends PyObject {
  name: PyObject;
  private toMultipleOf8: u32;
  /** PyMethodDef, PyMemberDef or PyGetSetDef */
  definition: usize;
  /** A borrowed reference: the type owns the descriptor. null when the type is gone. */
  owner: PyType | null;
}
export const DESCRIPTOR_SLOTS: u32 = 1;
if (offsetof<PyDescr>("definition") != ((SLOTS_AT + DESCRIPTOR_SLOTS * 4 + 7) & ~7))
  ERROR("PyDescr: the data must follow the slots");

/** module */
@unmanaged
export class PyModule extends PyObject {
  dict: PyDict;
  private toMultipleOf8: u32;
  /** PyModuleDef; 0: there is none */
  definition: usize;
  /** A block of the mem domain; 0: there is none */
  state: usize;
}
export const MODULE_SLOTS: u32 = 1;
if (offsetof<PyModule>("definition") != ((SLOTS_AT + MODULE_SLOTS * 4 + 7) & ~7))
  ERROR("PyModule: the data must follow the slots");

/** An exception, of one of Python's own types or of a type derived from one: CPython's PyBaseExceptionObject (include/pyerrors.h). */
@unmanaged
export class PyBaseException extends PyObject {
  dict: PyObject;
  args: PyObject;
  notes: PyObject;
  traceback: PyObject;
  context: PyObject;
  cause: PyObject;
  suppressContext: u8;
}
export const EXCEPTION_SLOTS: u32 = 6;
export const EXCEPTION_DATA_BYTES: u32 = 1;
if (offsetof<PyBaseException>("suppressContext") != ((SLOTS_AT + EXCEPTION_SLOTS * 4 + 7) & ~7))
  ERROR("PyBaseException: the data must follow the slots");

/** An iterator over a container, or over an object with items by index. */
@unmanaged
export class SeqIterator extends PyObject {
  /** The container; None when all items were returned. */
  over: PyObject;
  private toMultipleOf8: u32;
  position: u32;
  /** The size of the container when the iterator was made. */
  size: i32;
}
export const ITERATOR_SLOTS: u32 = 1;
export const ITERATOR_DATA_BYTES: u32 = <u32>(offsetof<SeqIterator>() - offsetof<SeqIterator>("position"));
if (offsetof<SeqIterator>("position") != ((SLOTS_AT + ITERATOR_SLOTS * 4 + 7) & ~7))
  ERROR("SeqIterator: the data must follow the slots");
