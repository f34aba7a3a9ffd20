// PyModule_*: modules made of C's definitions, in one phase or in several (PEP 489).

import { PyMem_Malloc } from "../../../alloc/domains";
import { hasError } from "../../model/error";
import { E_MODULE_RESULT, E_MODULE_SLOT, E_NAMELESS_MODULE } from "../../model/errors.gen";
import { MODULE, MODULE_DEF } from "../../model/kinds.gen";
import { raiseError, raiseNoMemory } from "../../model/raise";
import { raiseModuleMethod, raiseModuleResult, raiseModuleSlot, raiseNamelessModule } from "../../model/raises.gen";
import { decref, incref, xdecref } from "../../model/refcount";
import { None } from "../../model/singletons";
import { isKind, PyObject, PyType, typeOf } from "../../model/type";
import { dict_new, dict_set } from "../../types/dict";
import { instance_new } from "../../types/instance";
import { shortName } from "../runtime/attribute";
import { builtin_new } from "../runtime/builtin";
import { fitMethod, fitModule } from "../runtime/casts";
import { badCallNumber } from "../runtime/complaints";
import {
  METH_CLASS,
  METH_STATIC,
  methodAt,
  MOD_CREATE,
  MOD_EXEC,
  moduleDefAt,
  PyMethodDef,
  slotAt,
  SlotDef,
} from "../runtime/definitions";
import { PyModule } from "../runtime/fixed-objects";
import { docKey, isModule, moduleDefinition, moduleDict, moduleName, nameKey, stateOf } from "../runtime/module-object";
import { internedText } from "../runtime/text";
import { PyType_Ready } from "../runtime/type";
import { PyLong_FromLong } from "./long";
import { PyUnicode_AsUTF8, PyUnicode_FromString } from "./unicode";

/**
 * The slots Py_mod_multiple_interpreters and Py_mod_gil are accepted and ignored: there is one interpreter and one
 * thread.
 */
const LAST_MOD_SLOT: i32 = 4;

export function PyModule_NewObject(name: PyObject): PyObject | null {
  const dict = dict_new();
  if (!dict) return null;
  const module = instance_new(typeOf(MODULE), 0);
  if (!module) {
    decref(dict);
    return null;
  }
  changetype<PyModule>(module).dict = dict;
  if (setItem(module, nameKey(), name) && setItem(module, docKey(), None())) return module;
  decref(module);
  return null;
}

/** module.key = value; takes over the reference to the key. */
function setItem(module: PyObject, key: PyObject | null, value: PyObject): bool {
  if (!key) return false;
  const done = dict_set(moduleDict(module), key, value);
  decref(key);
  return done;
}

export function PyModule_New(name: usize): PyObject | null {
  const text = internedText(name);
  if (!text) return null;
  const module = PyModule_NewObject(text);
  decref(text);
  return module;
}

// ---- from a definition ----

/** Gives the module its state, a block of zeros, if the definition asks for one. */
function giveState(module: PyObject, definition: usize): bool {
  const size = moduleDefAt(definition).size;
  if (size <= 0 || stateOf(module) != 0) return true;
  const state = PyMem_Malloc(size);
  if (state == 0) {
    raiseNoMemory(size);
    return false;
  }
  memory.fill(state, 0, size);
  changetype<PyModule>(module).state = state;
  return true;
}

/** Adds a definition's functions and its doc to the module. */
function fill(module: PyObject, definition: usize): bool {
  const methods = moduleDefAt(definition).methods;
  if (methods != 0 && PyModule_AddFunctions(module, methods) < 0) return false;
  const doc = moduleDefAt(definition).doc;
  return doc == 0 || PyModule_SetDocString(module, doc) == 0;
}

/** A module made in one phase, with its state and with the definition's functions and doc. The C code that called this adds the rest. */
export function PyModule_Create2(definition: usize, _version: i32): PyObject | null {
  PyModuleDef_Init(definition);
  if (moduleDefAt(definition).slots != 0) return failed(E_MODULE_SLOT);
  if (!fitModule(definition)) return null;
  const module = PyModule_New(moduleDefAt(definition).name);
  if (!module) return null;
  changetype<PyModule>(module).definition = definition;
  if (giveState(module, definition) && fill(module, definition)) return module;
  decref(module);
  return null;
}

function failed(code: u32): PyObject | null {
  raiseError(code);
  return null;
}

/** Makes the definition an object, so that PyInit_x can return it. */
export function PyModuleDef_Init(definition: usize): usize {
  moduleDefAt(definition).type = typeOf(MODULE_DEF);
  return definition;
}

/** The definition's first slot of a kind; 0 if there is none. */
function findSlot(definition: usize, wanted: i32): usize {
  for (let at = moduleDefAt(definition).slots; at != 0 && slotAt(at).slot != 0; at += offsetof<SlotDef>()) {
    if (slotAt(at).slot == wanted) return at;
  }
  return 0;
}

/**
 * Makes the module that a definition with slots describes; `name` is the name under which it is loaded. Its exec
 * functions run later.
 */
function moduleOf(definition: usize, name: PyObject): PyObject | null {
  if (!fitModule(definition)) return null;
  const create = findSlot(definition, MOD_CREATE);
  if (create == 0) {
    const module = PyModule_NewObject(name);
    if (!module) return null;
    changetype<PyModule>(module).definition = definition;
    if (fill(module, definition)) return module;
    decref(module);
    return null;
  }
  const module = call_indirect<PyObject | null>(<u32>slotAt(create).value, name, definition);
  if ((module === null) == hasError()) return module;
  xdecref(module);
  return failed(E_MODULE_RESULT);
}

/** Runs the exec functions of a definition's slots for a module: 0, or -1 with an error. */
export function PyModule_ExecDef(module: PyObject, definition: usize): i32 {
  if (isKind(module, MODULE) && !giveState(module, definition)) return -1;
  for (let at = moduleDefAt(definition).slots; at != 0 && slotAt(at).slot != 0; at += offsetof<SlotDef>()) {
    const slot = slotAt(at).slot;
    if (slot < 0 || slot > LAST_MOD_SLOT) {
      raiseModuleSlot();
      return -1;
    }
    if (slot != MOD_EXEC) continue;
    const result = call_indirect<i32>(<u32>slotAt(at).value, module);
    if (result != 0 ? !hasError() : hasError()) {
      raiseModuleResult();
      return -1;
    }
    if (result != 0) return -1;
  }
  return 0;
}

/**
 * Makes the module from what PyInit_x returned: a definition's phases run now, anything else is returned as it is. Takes over the reference
 * to `answer`. Returns a new reference, or null with an error.
 */
export function module_from(answer: PyObject | null, name: PyObject): PyObject | null {
  if ((answer === null) != hasError()) {
    xdecref(answer);
    return failed(E_MODULE_RESULT);
  }
  if (!answer || !isKind(answer, MODULE_DEF)) return answer;
  const definition = changetype<usize>(answer);
  const module = moduleOf(definition, name);
  if (!module || PyModule_ExecDef(module, definition) == 0) return module;
  decref(module);
  return null;
}

// ---- what is in a module ----

export function PyModule_GetDict(module: PyObject): PyObject | null {
  return isModule(module) ? moduleDict(module) : null;
}

export function PyModule_GetNameObject(module: PyObject): PyObject | null {
  if (!isModule(module)) return null;
  const name = moduleName(module);
  return name ? incref<PyObject>(name) : failed(E_NAMELESS_MODULE);
}

export function PyModule_GetName(module: PyObject): usize {
  if (!isModule(module)) return 0;
  const name = moduleName(module);
  if (name) return PyUnicode_AsUTF8(name);
  raiseNamelessModule();
  return 0;
}

export function PyModule_GetState(module: PyObject): usize {
  return isModule(module) ? stateOf(module) : 0;
}

export function PyModule_GetDef(module: PyObject): usize {
  return isModule(module) ? moduleDefinition(module) : 0;
}

export function PyModule_SetDocString(module: PyObject, doc: usize): i32 {
  const text = PyUnicode_FromString(doc);
  if (!text) return -1;
  const done = setItem(module, docKey(), text);
  decref(text);
  return done ? 0 : -1;
}

export function PyModule_AddFunctions(module: PyObject, methods: usize): i32 {
  for (let at = methods; methodAt(at).name != 0; at += offsetof<PyMethodDef>()) {
    if ((methodAt(at).flags & (METH_CLASS | METH_STATIC)) != 0) {
      raiseModuleMethod();
      return -1;
    }
    if (!fitMethod(at, module)) return -1;
    if (PyModule_Add(module, methodAt(at).name, builtin_new(at, module, module, null)) < 0) return -1;
  }
  return 0;
}

/** module.name = value. The caller keeps its reference. */
export function PyModule_AddObjectRef(module: PyObject, name: usize, value: PyObject | null): i32 {
  if (!isModule(module)) return -1;
  if (!value) return hasError() ? -1 : badCallNumber();
  return setItem(module, internedText(name), value) ? 0 : -1;
}

/** module.name = value. Takes over the reference in any case. */
export function PyModule_Add(module: PyObject, name: usize, value: PyObject | null): i32 {
  const result = PyModule_AddObjectRef(module, name, value);
  xdecref(value);
  return result;
}

/** module.name = value. Takes over the reference on success only. */
export function PyModule_AddObject(module: PyObject, name: usize, value: PyObject | null): i32 {
  const result = PyModule_AddObjectRef(module, name, value);
  if (result == 0) xdecref(value);
  return result;
}

export function PyModule_AddIntConstant(module: PyObject, name: usize, value: i32): i32 {
  return PyModule_Add(module, name, PyLong_FromLong(value));
}

export function PyModule_AddStringConstant(module: PyObject, name: usize, value: usize): i32 {
  return PyModule_Add(module, name, PyUnicode_FromString(value));
}

/** Readies the type, and adds it under the last part of its name. */
export function PyModule_AddType(module: PyObject, type: PyType): i32 {
  if (PyType_Ready(type) < 0) return -1;
  const name = shortName(type);
  if (!name) return -1;
  return isModule(module) && setItem(module, name, type) ? 0 : -1;
}

/** Does nothing, because there is only one thread. */
export function PyUnstable_Module_SetGIL(_module: PyObject, _gil: usize): i32 {
  return 0;
}
