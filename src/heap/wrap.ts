// The class of a handle, by the kind of its object.

import * as C from "../core/constants.gen.js";
import type { Bridge } from "../objects/bridge/bridge.js";
import type { Handle } from "../objects/bridge/handle.js";
import { PyDict } from "../objects/handles/dict.js";
import { PyExtensionObject, PyExtensionType, PyFunction, PyModule } from "../objects/handles/extension.js";
import { PyList } from "../objects/handles/list.js";
import { PyRef } from "../objects/handles/ref.js";
import { PyBool, PyBytes, PyFloat, PyInt, PyNone, PyStr } from "../objects/handles/scalars.js";
import { PyFrozenSet, PySet } from "../objects/handles/set.js";
import { PyTuple } from "../objects/handles/tuple.js";
import { layoutOf, type TypeLayout } from "../objects/handles/type-layout.js";
import { PyInstance, PyType } from "../objects/handles/types.js";

/** The layout of types that no program in TypeScript defined. */
const NO_LAYOUT = layoutOf("object", {}, undefined);

/** The classes of handles. */
export const HANDLE_CLASSES = {
  ...{
    PyBool,
    PyBytes,
    PyDict,
    PyExtensionObject,
    PyExtensionType,
    PyFloat,
    PyFrozenSet,
    PyFunction,
    PyInstance,
    PyInt,
  },
  ...{ PyList, PyModule, PyNone, PyRef, PySet, PyStr, PyTuple, PyType },
};
export type HandleClasses = typeof HANDLE_CLASSES;

/**
 * A handle for handle number `index` of the core. `layouts` finds the program's types by their numbers; `of` has the classes.
 */
export function wrapped(
  bridge: Bridge,
  index: number,
  kind: number,
  hostId: number,
  layouts: (hostId: number) => TypeLayout | undefined,
  of: HandleClasses,
): Handle {
  switch (kind) {
    case C.LIST:
      return new of.PyList(bridge, index);
    case C.DICT:
      return new of.PyDict(bridge, index);
    case C.TUPLE:
      return new of.PyTuple(bridge, index);
    case C.STR:
      return new of.PyStr(bridge, index);
    case C.BYTES:
      return new of.PyBytes(bridge, index);
    case C.SET:
      return new of.PySet(bridge, index);
    case C.FROZENSET:
      return new of.PyFrozenSet(bridge, index);
    case C.INT:
      return new of.PyInt(bridge, index);
    case C.FLOAT:
      return new of.PyFloat(bridge, index);
    case C.BOOL:
      return new of.PyBool(bridge, index);
    case C.NONE:
      return new of.PyNone(bridge, index);
    case C.REF:
      return new of.PyRef(bridge, index);
    case C.TYPE:
      if (hostId === C.ID_EXTENSION) return new of.PyExtensionType(bridge, index);
      return new of.PyType(bridge, index, layouts(hostId) ?? NO_LAYOUT);
    default:
      if (hostId >= C.ID_MODULE) return ofC(bridge, index, hostId, of);
      return new of.PyInstance(bridge, index, layouts(hostId) ?? NO_LAYOUT);
  }
}

function ofC(bridge: Bridge, index: number, hostId: number, of: HandleClasses): Handle {
  if (hostId === C.ID_MODULE) return new of.PyModule(bridge, index);
  return hostId === C.ID_FUNCTION ? new of.PyFunction(bridge, index) : new of.PyExtensionObject(bridge, index);
}
