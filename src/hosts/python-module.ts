// `import pyheap`, for Python programs that run on the heap: a Python module over a few functions of the host.

import type { PyodideAPI } from "pyodide";
import { NO_LIMIT } from "../core-heap.js";
import { HeapCorruption, HeapFault } from "../errors.js";
import type { HeapStats } from "../stats.js";
import type { PythonHeap } from "./python-heap.js";

/** The module's text; it becomes pyheap.py in site-packages, and is read when a program imports it. */
export const PYTHON_MODULE_SOURCE = `"""The heap that this interpreter lives on.

>>> import pyheap
>>> pyheap.stats()["account"]["live"]["object"]    # bytes
>>> pyheap.limit = 64 * 2**20                      # past it: MemoryError
>>> pyheap.check()                                 # proves that the heap is whole
"""

import json as _json
import sys as _sys
import types as _types

import _pyheap

__all__ = ["check", "getallocatedblocks", "limit", "relieve", "stats"]


class HeapError(RuntimeError):
    """The heap is not whole: memory was overwritten."""


def stats():
    """The account and the statistics of the heap, as a dict; sizes are in bytes."""
    return _json.loads(_pyheap.stats())


def getallocatedblocks():
    """The number of blocks in use in the mem and object domains, as sys.getallocatedblocks() is meant to answer."""
    return _pyheap.getallocatedblocks()


def check():
    """Checks every structure of the heap. Raises HeapError if one is broken, and answers None otherwise."""
    problem = _pyheap.check()
    if problem is not None:
        raise HeapError(problem)


def relieve():
    """Gives free pools and arenas back. Answers how many bytes."""
    return _pyheap.release()


class _Module(_types.ModuleType):
    @property
    def limit(self):
        """Hard limit in bytes of what Python's memory manager takes; None if there is none."""
        return _pyheap.getlimit()

    @limit.setter
    def limit(self, size):
        if size is None:
            _pyheap.setlimit(None)
            return
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"limit must be a number of bytes or None, not {type(size).__name__}")
        if size <= 0:
            raise ValueError(f"limit must be positive, not {size}")
        _pyheap.setlimit(size)


_sys.modules[__name__].__class__ = _Module
`;

/** Makes \`_pyheap\`, on which pyheap.py stands, importable. */
export function installPythonModule(pyodide: PyodideAPI, heap: PythonHeap): void {
  pyodide.registerJsModule("_pyheap", {
    stats: () => JSON.stringify(heap.stats() satisfies HeapStats),
    getallocatedblocks: () => heap.stats().allocatedBlocks,
    relieve: () => heap.relieve().gained,
    getlimit: () => (heap.limit === NO_LIMIT ? undefined : heap.limit),
    setlimit: (size: number | undefined) => {
      heap.limit = size ?? NO_LIMIT;
    },
    check: () => {
      try {
        heap.check();
        return undefined;
      } catch (error) {
        if (error instanceof HeapCorruption || error instanceof HeapFault) return error.message;
        throw error;
      }
    },
  });
}
