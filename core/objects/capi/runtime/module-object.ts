// Modules: a dict of attributes, C's definition (PyModuleDef, definitions.ts), and a block of state.

import { ascii } from "../../model/ascii";
import { PyMem_Free } from "../../../alloc/domains";
import { SCRATCH_AT } from "../../../ground/control";
import { hashBytes } from "../../model/hash";
import { MODULE, STR } from "../../model/kinds.gen";
import { at } from "../../model/state";
import { isKind, PyObject } from "../../model/type";
import { PyStr } from "../../text/str";
import { Writer } from "../../text/writer";
import { PyDict } from "../../types/dict";
import { moduleDefAt } from "./definitions";
import { PyModule } from "./fixed-objects";
import { internedText } from "./text";
import { badCall } from "./complaints";

@inline
export function moduleDict(module: PyObject): PyDict {
  return changetype<PyModule>(module).dict;
}

@inline
export function stateOf(module: PyObject): usize {
  return changetype<PyModule>(module).state;
}

/** C's definition of the module; 0 if there is none. */
@inline
export function moduleDefinition(module: PyObject): usize {
  return changetype<PyModule>(module).definition;
}

/** module.__name__, a borrowed reference; null if it has none. Allocates nothing. */
export function moduleName(module: PyObject): PyObject | null {
  const dict = moduleDict(module);
  putNameKey();
  const index = dict.keys.findText(scratch(), 1, NAME_LENGTH, hashBytes(scratch(), NAME_LENGTH));
  const name = index >= 0 ? dict.valueAt(index) : null;
  return name && isKind(name, STR) ? name : null;
}

const NAME_LENGTH: u32 = 8;

/** Writes "__name__" and a zero to the scratch memory. */
function putNameKey(): void {
  store<u64>(scratch(), ascii("__name__"));
  store<u8>(scratch(), 0, NAME_LENGTH);
}

/** The address of a few bytes of scratch memory for a text. */
@inline
export function scratch(): usize {
  return at(SCRATCH_AT);
}

/** "__name__" */
export function nameKey(): PyObject | null {
  putNameKey();
  return internedText(scratch());
}

/** "__doc__" */
export function docKey(): PyObject | null {
  store<u64>(scratch(), ascii("__doc__"));
  return internedText(scratch());
}

/** "__class__" */
export function classKey(): PyObject | null {
  store<u64>(scratch(), ascii("__class_"));
  store<u16>(scratch(), <u16>ascii("_"), 8);
  return internedText(scratch());
}

/** Whether C's functions for the module can be called: they need the module's state, if the definition asks for one. */
function hasState(module: PyObject): bool {
  const definition = moduleDefinition(module);
  return definition != 0 && (moduleDefAt(definition).size <= 0 || stateOf(module) != 0);
}

export function module_traverse(module: PyObject, visit: u32, argument: usize): i32 {
  const f = hasState(module) ? moduleDefAt(moduleDefinition(module)).traverse : 0;
  return f != 0 ? call_indirect<i32>(f, module, visit, argument) : 0;
}

export function module_clear(module: PyObject): i32 {
  const f = hasState(module) ? moduleDefAt(moduleDefinition(module)).clear : 0;
  return f != 0 ? call_indirect<i32>(f, module) : 0;
}

/** Calls C's m_free, then frees the state: a step of the module's deallocation. */
export function module_drop(module: PyObject): void {
  const f = hasState(module) ? moduleDefAt(moduleDefinition(module)).free : 0;
  if (f != 0) call_indirect<void>(f, module);
  const state = stateOf(module);
  changetype<PyModule>(module).definition = 0;
  changetype<PyModule>(module).state = 0;
  if (state != 0) PyMem_Free(state);
}

/** "<module 'name'>" */
export function module_repr(module: PyObject, w: Writer): bool {
  const name = moduleName(module);
  if (!w.putAscii(ascii("<module")) || !w.put(0x20) || !w.put(0x27)) return false;
  if (name && !w.putStr(changetype<PyStr>(name))) return false;
  return w.putAscii(ascii("'>"));
}

/** Whether the object is a module; SystemError if not. */
export function isModule(o: PyObject): bool {
  if (isKind(o, MODULE)) return true;
  badCall();
  return false;
}
