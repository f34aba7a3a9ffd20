// Memory functions of the Python/C API other than those of the domains: functions that raise, and PyTraceMalloc_*.
//
// Py_Malloc, Py_Realloc and Py_Free are Python 1.5's. If there is no memory, Py_Malloc and Py_Realloc return NULL and
// set MemoryError.

import { raiseNoMemory } from "../../model/raise";
import { PyMem_Free, PyMem_Malloc, PyMem_Realloc } from "../../../alloc/domains";

export function Py_Malloc(n: usize): usize {
  const block = PyMem_Malloc(n);
  if (block == 0) raiseNoMemory(n);
  return block;
}

/** On failure the block stays as it was. */
export function Py_Realloc(block: usize, n: usize): usize {
  const moved = PyMem_Realloc(block, n);
  if (moved == 0) raiseNoMemory(n);
  return moved;
}

export function Py_Free(block: usize): void {
  PyMem_Free(block);
}

/** Sets MemoryError. Returns NULL, so that a caller can write `return PyErr_NoMemory();`. */
export function PyErr_NoMemory(): usize {
  raiseNoMemory(0);
  return 0;
}

/** Tells the host to record a block that was allocated elsewhere. Returns 0, or -2 while memory is not traced. */
@external("host", "track")
declare function hostTrack(domain: u32, block: usize, n: usize): i32;

@external("host", "untrack")
declare function hostUntrack(domain: u32, block: usize): i32;

export function PyTraceMalloc_Track(domain: u32, block: usize, n: usize): i32 {
  return hostTrack(domain, block, n);
}

export function PyTraceMalloc_Untrack(domain: u32, block: usize): i32 {
  return hostUntrack(domain, block);
}
