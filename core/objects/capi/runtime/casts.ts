// Makes sure that each function of C that the core will call has the parameters with which it is called. C code casts
// functions to types that they do not have: a method of METH_NOARGS with one parameter only, for example. Machines with
// registers do not notice; WebAssembly traps. CPython's builds for WebAssembly call such functions through a trampoline.
// Here each function is checked once, when C hands it over in a table. If a function does not fit, its entry in the
// table is replaced by another function, which has the right parameters and calls the first with those that it takes.

import { raiseFunctionType } from "../../model/raises.gen";
import { MODULE } from "../../model/kinds.gen";
import {
  ASYNC_TABLE,
  BUFFER_TABLE,
  MAPPING_TABLE,
  NUMBER_TABLE,
  SEQUENCE_TABLE,
  TP_VECTORCALL,
  TYPE_TABLE,
} from "../../model/slots.gen";
import { decref } from "../../model/refcount";
import { IS_TYPE, isKind, PyObject, PyType } from "../../model/type";
import {
  shapeOf,
  USE_GETTER,
  USE_MODULE_CLEAR,
  USE_MODULE_CREATE,
  USE_MODULE_EXEC,
  USE_MODULE_FREE,
  USE_MODULE_TRAVERSE,
  USE_SETTER,
  USE_SLOT,
} from "../../model/uses.gen";
import { PyStr } from "../../text/str";
import { newWriter, Writer } from "../../text/writer";
import {
  callFlags,
  METH_FASTCALL,
  METH_KEYWORDS,
  METH_METHOD,
  methodAt,
  MOD_CREATE,
  MOD_EXEC,
  moduleDefAt,
  PyGetSetDef,
  PyMethodDef,
  PyModuleDef,
  slotAt,
  SlotDef,
} from "./definitions";
import { ASYNC_WORDS, BUFFER_WORDS, MAPPING_WORDS, NUMBER_WORDS, SEQUENCE_WORDS } from "./inherit";
import { moduleName } from "./module-object";
import { putText } from "./text";

/**
 * Returns the table index of a function that has `parameters` parameters of 32 bits, and a result of 32 bits if `returns`. This is
 * `f` itself if it fits, or if its type is not known. 0: no such function is possible.
 */
@external("host", "callable")
declare function hostCallable(f: u32, parameters: u32, returns: bool): u32;

/** Makes the function at `at`, if it is not 0, fit `shape` (uses.gen.ts). Returns whether it does. */
function fitWord(at: usize, shape: u32): bool {
  const f = load<u32>(at);
  if (f == 0) return true;
  const fitting = hostCallable(f, shape >> 1, (shape & 1) != 0);
  if (fitting == 0) return false;
  if (fitting != f) store<u32>(at, fitting);
  return true;
}

/** "module.name", "type.name" or "name"; only the owner's name if `name` is 0. */
function fullName(owner: PyObject | null, name: usize): PyObject | null {
  const w = newWriter();
  if (!w) return null;
  if (putOwner(owner, w) && (name == 0 || ((!owner || w.put(0x2e)) && putText(name, w)))) return w.finish();
  w.discard();
  return null;
}

function putOwner(owner: PyObject | null, w: Writer): bool {
  if (!owner) return true;
  // In a type that is not ready, the word `type` may still be 0.
  if (changetype<usize>(owner.type) == 0 || (owner.type.flags & IS_TYPE) != 0)
    return putText(changetype<PyType>(owner).tp_name, w);
  const name = isKind(owner, MODULE) ? moduleName(owner) : null;
  return name === null || w.putStr(changetype<PyStr>(name));
}

/** Raises SystemError: the function can't be called in this way. Returns false. */
function complain(owner: PyObject | null, name: usize, use: u32): bool {
  const text = fullName(owner, name);
  if (!text) return false;
  raiseFunctionType(text, use);
  decref(text);
  return false;
}

/** Whether a method's function can be called as its flags say; false with SystemError. */
export function fitMethod(definition: usize, owner: PyObject | null): bool {
  const flags = callFlags(definition);
  const parameters: u32 =
    (flags & METH_METHOD) != 0 ? 5 : ((flags & METH_FASTCALL) != 0 ? 3 : 2) + ((flags & METH_KEYWORDS) != 0 ? 1 : 0);
  return (
    fitWord(definition + offsetof<PyMethodDef>("meth"), (parameters << 1) | 1) ||
    complain(owner, methodAt(definition).name, flags)
  );
}

/** Whether an attribute's getter and setter can be called; false with SystemError. */
export function fitGetSet(definition: usize, owner: PyObject): bool {
  const name = load<usize>(definition);
  return (
    (fitWord(definition + offsetof<PyGetSetDef>("get"), shapeOf(USE_GETTER)) || complain(owner, name, USE_GETTER)) &&
    (fitWord(definition + offsetof<PyGetSetDef>("set"), shapeOf(USE_SETTER)) || complain(owner, name, USE_SETTER))
  );
}

/** Whether the functions in a type's slots can be called; false with SystemError. */
export function fitSlots(type: PyType): bool {
  return (
    fitTable(type, TYPE_TABLE, changetype<usize>(type), TP_VECTORCALL + 1) &&
    fitTable(type, NUMBER_TABLE, type.tp_as_number, NUMBER_WORDS) &&
    fitTable(type, SEQUENCE_TABLE, type.tp_as_sequence, SEQUENCE_WORDS) &&
    fitTable(type, MAPPING_TABLE, type.tp_as_mapping, MAPPING_WORDS) &&
    fitTable(type, ASYNC_TABLE, type.tp_as_async, ASYNC_WORDS) &&
    fitTable(type, BUFFER_TABLE, type.tp_as_buffer, BUFFER_WORDS)
  );
}

function fitTable(type: PyType, table: u32, at: usize, words: u32): bool {
  if (at == 0) return true;
  for (let k: u32 = 0; k < words; k++) {
    const use = USE_SLOT | table | k;
    const shape = shapeOf(use);
    if (shape != 0 && !fitWord(at + ((<usize>k) << 2), shape)) return complain(type, 0, use);
  }
  return true;
}

/** Whether the functions of a module's definition can be called; false with SystemError. */
export function fitModule(definition: usize): bool {
  for (let at = moduleDefAt(definition).slots; at != 0 && slotAt(at).slot != 0; at += offsetof<SlotDef>()) {
    const slot = slotAt(at).slot;
    if (slot != MOD_CREATE && slot != MOD_EXEC) continue;
    if (!fitPart(definition, at + offsetof<SlotDef>("value"), slot == MOD_CREATE ? USE_MODULE_CREATE : USE_MODULE_EXEC))
      return false;
  }
  return (
    fitPart(definition, definition + offsetof<PyModuleDef>("traverse"), USE_MODULE_TRAVERSE) &&
    fitPart(definition, definition + offsetof<PyModuleDef>("clear"), USE_MODULE_CLEAR) &&
    fitPart(definition, definition + offsetof<PyModuleDef>("free"), USE_MODULE_FREE)
  );
}

function fitPart(definition: usize, at: usize, use: u32): bool {
  return fitWord(at, shapeOf(use)) || complain(null, moduleDefAt(definition).name, use);
}
