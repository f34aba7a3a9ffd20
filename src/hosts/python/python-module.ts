// `import pyheap` for Python programs that run on the heap: a Python module that calls a few functions of the host.

import type { PyodideAPI } from "pyodide";
import type { HeapStats } from "../../alloc/stats.js";
import { HeapCorruption, HeapFault } from "../../ground/errors.js";
import { NO_LIMIT } from "../../heap/core-heap.js";
import type { PythonHeap } from "./python-heap.js";
import type { CollectionSource, PythonCollection } from "./python-side.js";

/** The text of the module. It becomes pyheap.py in site-packages, and is read when a program imports it. */
export const PYTHON_MODULE_SOURCE = `"""The heap that this interpreter lives on.

>>> import pyheap
>>> pyheap.stats()["account"]["live"]["object"]    # bytes
>>> pyheap.limits.hard = 64 * 2**20                # past it: MemoryError
>>> pyheap.limits.soft = 48 * 2**20                # past it: garbage is collected, empty arenas go back
>>> pyheap.on_pressure(lambda pressure: cache.clear())
>>> pyheap.check()                                 # proves that the heap is whole
>>> pyheap.snapshot("app.heapsnapshot")            # every object, and who holds it
"""

import json as _json
import sys as _sys
import traceback as _traceback
import types as _types

import _pyheap

__all__ = [
    "check",
    "getallocatedblocks",
    "limit",
    "limits",
    "on_pressure",
    "relieve",
    "remove_on_pressure",
    "snapshot",
    "stats",
]


class HeapError(RuntimeError):
    """The heap is not whole: memory was overwritten."""


def stats():
    """The account and the statistics of the heap, as a dict; sizes are in bytes."""
    return _json.loads(_pyheap.stats())


def getallocatedblocks():
    """The number of blocks in use in the mem and object domains, as sys.getallocatedblocks() is meant to return."""
    return _pyheap.getallocatedblocks()


def check():
    """Checks every structure of the heap. Raises HeapError if one is broken, and returns None otherwise."""
    problem = _pyheap.check()
    if problem is not None:
        raise HeapError(problem)


def relieve():
    """Collects garbage, and gives empty memory back. Returns the bytes that this gained."""
    return _pyheap.relieve()


def snapshot(file):
    """Writes every object of the interpreter, its size in the heap, and who refers to it by which name.

    The file is in the format of V8's heap snapshots, .heapsnapshot: Chrome's DevTools and \`pyheap report objects\` read it. Returns a
    dict: objects, references, and bytes, those of the whole heap. No code of the program runs meanwhile. Raises OSError.
    """
    with open(file, "wb") as out:
        return _json.loads(_pyheap.snapshot(lambda piece: out.write(piece.to_bytes())))


_callbacks = []
_stop = None  # ends the calls from the heap


def on_pressure(callback):
    """Calls callback(pressure) before measures against pressure run: a chance to drop what can be had again.

    pressure is a dict: reason ("soft limit", "no memory", "fragmentation" or "asked") and, in bytes, reserved, allocated,
    softLimit and limit. What the callback raises goes to sys.unraisablehook. Returns the callback, so it can be a decorator;
    remove_on_pressure(callback) ends it.
    """
    global _stop
    if not callable(callback):
        raise TypeError(f"callback must be callable, not {type(callback).__name__}")
    if _stop is None:
        _stop = _told_by_heap()
    _callbacks.append(callback)
    return callback


def remove_on_pressure(callback):
    """Removes a callback of on_pressure. Raises ValueError if it is not registered."""
    global _stop
    try:
        _callbacks.remove(callback)
    except ValueError:
        raise ValueError(f"{callback!r} is not a callback of on_pressure") from None
    if not _callbacks:
        _stop()
        _stop = None


def _told_by_heap():
    from pyodide.ffi import create_proxy

    proxy = create_proxy(_call_back)
    end = _pyheap.onpressure(proxy)

    def stop():
        end()
        proxy.destroy()

    return stop


def _call_back(text):
    pressure = _json.loads(text)
    for callback in list(_callbacks):
        try:
            callback(dict(pressure))
        except BaseException as error:
            _report(_Unraisable(error, callback))


def _report(unraisable):
    hook = _sys.unraisablehook
    if hook is not _sys.__unraisablehook__:
        return hook(unraisable)
    # Python's own hook accepts only objects that Python made.
    if _sys.stderr is not None:
        print(f"{unraisable.err_msg}: {unraisable.object!r}", file=_sys.stderr)
        _traceback.print_exception(unraisable.exc_value)


class _Unraisable:
    """The argument of sys.unraisablehook."""

    def __init__(self, error, callback):
        self.exc_type = type(error)
        self.exc_value = error
        self.exc_traceback = error.__traceback__
        self.err_msg = "Exception ignored in a callback of pyheap.on_pressure"
        self.object = callback


def _checked(name, size):
    if size is None:
        return None
    if not isinstance(size, int) or isinstance(size, bool):
        raise TypeError(f"{name} must be a number of bytes or None, not {type(size).__name__}")
    if size <= 0:
        raise ValueError(f"{name} must be positive, not {size}")
    return min(size, 2**32)  # the number of addresses


class _Limits:
    """Limits of the memory that Python's memory manager takes, in bytes; None if there is no limit."""

    __slots__ = ()

    @property
    def hard(self):
        """Past it: MemoryError."""
        return _pyheap.getlimit()

    @hard.setter
    def hard(self, size):
        _pyheap.setlimit(_checked("hard", size))

    @property
    def soft(self):
        """Past it, a full collection runs, and empty arenas go back. If it is not set, it is seven eighths of the hard limit."""
        return _pyheap.getsoftlimit()

    @soft.setter
    def soft(self, size):
        _pyheap.setsoftlimit(_checked("soft", size))

    def __repr__(self):
        return f"limits(hard={self.hard}, soft={self.soft})"


limits = _Limits()


class _Module(_types.ModuleType):
    @property
    def limit(self):
        """limits.hard, under a shorter name."""
        return limits.hard

    @limit.setter
    def limit(self, size):
        _pyheap.setlimit(_checked("limit", size))


_sys.modules[__name__].__class__ = _Module
`;

/**
 * Defines watch(tell), which makes `tell` a callback of the collector, for good. The collector's own list of callbacks
 * begins with ours. The program sees another list in place of that one; its content is copied to the collector's list.
 * So nothing that the program does to its list removes our callback. A program that imports gc anew gets the
 * collector's own list. If it removes our callback from that list, the callback adds itself again when it is freed. (The
 * program can prevent this by keeping a reference to the callback.) `tell` is called without a Python frame, so that a
 * function that traces the program can't fail in it.
 */
const WATCH_COLLECTIONS = `
import gc
def watch(tell, gc=gc, staticmethod=staticmethod):
    own = gc.callbacks

    class Teller:
        __slots__ = ()
        __call__ = staticmethod(tell)
        def __del__(self):
            own.insert(0, Teller())

    class Callbacks(list):
        __slots__ = ()

    def copied(change):
        def method(self, *args, **kwargs):
            try:
                return change(self, *args, **kwargs)
            finally:
                own[1:] = self
        method.__name__ = change.__name__
        return method

    for change in (
        *(list.append, list.clear, list.extend, list.insert, list.pop, list.remove, list.reverse, list.sort),
        *(list.__delitem__, list.__iadd__, list.__imul__, list.__setitem__),
    ):
        setattr(Callbacks, change.__name__, copied(change))
    theirs = Callbacks(own)
    own.insert(0, Teller())
    gc.callbacks = theirs
watch
`;

/** The fields of a collection that the collector reports. */
const FIELDS = ["generation", "collected", "uncollectable"];

interface PyDict {
  get(key: string): number;
}

/** Reports collections. It takes all that it needs in Python before the program can change it. */
function collectionsOf(pyodide: PyodideAPI): CollectionSource {
  const globals = pyodide.toPy({});
  const watch = pyodide.runPython(WATCH_COLLECTIONS, { globals, filename: "<pyheap>" });
  globals.destroy();
  const tells = new Set<(collection: PythonCollection) => void>();
  let isWatching = false;
  let begun = 0;
  return (tell) => {
    tells.add(tell);
    if (!isWatching) {
      isWatching = true;
      watch((phase: string, info: PyDict) => {
        if (phase === "start") {
          begun = performance.now();
          return;
        }
        const [generation, collected, uncollectable] = FIELDS.map((name) => info.get(name));
        for (const each of tells) each({ generation, collected, uncollectable, begun } as PythonCollection);
      });
    }
    // This does not call Python, which may have ended.
    return () => void tells.delete(tell);
  };
}

/** Makes the module `_pyheap` importable, which pyheap.py uses. An interpreter from an image has it (`isThere`). */
export function installPythonModule(pyodide: PyodideAPI, heap: PythonHeap, bridge: object, isThere: boolean): void {
  heap.collectionSource = collectionsOf(pyodide);
  if (!isThere) pyodide.registerJsModule("_pyheap", bridge);
}

/** The JavaScript object of the module `_pyheap`. */
export function bridgeTo(heap: PythonHeap): object {
  return {
    stats: () => JSON.stringify(heap.stats() satisfies HeapStats),
    getallocatedblocks: () => heap.stats().allocatedBlocks,
    relieve: () => heap.relieve().gained,
    getlimit: () => (heap.limit === NO_LIMIT ? undefined : heap.limit),
    setlimit: (size: number | undefined) => {
      heap.limit = size ?? NO_LIMIT;
    },
    snapshot: (write: (piece: Uint8Array) => void) => JSON.stringify(heap.snapshot({ write })),
    getsoftlimit: () => (heap.softLimit === NO_LIMIT ? undefined : heap.softLimit),
    setsoftlimit: (size: number | undefined) => {
      heap.softLimit = size;
    },
    onpressure: (callBack: (pressure: string) => void) =>
      heap.on("pressure", (pressure) => callBack(JSON.stringify(pressure))),
    check: () => {
      try {
        heap.check();
        return undefined;
      } catch (error) {
        if (error instanceof HeapCorruption || error instanceof HeapFault) return error.message;
        throw error;
      }
    },
  };
}
