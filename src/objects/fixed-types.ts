// The types that stand at fixed places in the core (core/objects/model/kinds.ts), by place: what Python calls each, and the variable that C
// knows it by. And the objects that are always there.

import { TYPE_NAMES } from "./reader.js";

/** Of the built-in types, in the order of their kinds; "" if C has no name for it. */
const BUILT_IN = [
  ...["_PyNone_Type", "_PyNotImplemented_Type", "PyType_Type", "PyBool_Type", "PyLong_Type", "PyFloat_Type"],
  ...["PyUnicode_Type", "PyBytes_Type", "PyTuple_Type", "PyList_Type", "PyDict_Type", "PySet_Type", "PyFrozenSet_Type"],
  ...["_PyWeakref_RefType", ""],
];

/** Place of the first that is the Python/C API's own; at the place before it stands the ring of all others. */
const FIRST_OWN = 16;
const OWN = [
  ["object", "PyBaseObject_Type"],
  ["builtin_function_or_method", "PyCFunction_Type"],
  ["method_descriptor", "PyMethodDescr_Type"],
  ["member_descriptor", "PyMemberDescr_Type"],
  ["getset_descriptor", "PyGetSetDescr_Type"],
  ["module", "PyModule_Type"],
  ["moduledef", "PyModuleDef_Type"],
] as const;

export interface FixedType {
  readonly place: number;
  readonly name: string;
  readonly variable: string;
}

export const FIXED_TYPES: readonly FixedType[] = [
  ...BUILT_IN.map((variable, place) => ({ place, name: TYPE_NAMES[place] ?? "object", variable })),
  ...OWN.map(([name, variable], k) => ({ place: FIRST_OWN + k, name, variable })),
];

/** Objects that C knows by name, by their offset from the first (core/objects/model/singletons.ts). */
export const CONSTANTS: Readonly<Record<string, number>> = {
  _Py_NoneStruct: 0,
  _Py_NotImplementedStruct: 8,
  _Py_FalseStruct: 16,
  _Py_TrueStruct: 32,
};

/** What the core calls objects of types that no program in TypeScript defined (core/objects/capi/runtime/fixed-types.ts). */
export const HOST_ID = { extension: 0xffff_ffff, function: 0xffff_fffe, module: 0xffff_fffd } as const;
