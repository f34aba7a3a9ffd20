// `import pyheap` for Python programs that run on the heap: a Python package (python/) that calls a few functions of the
// host.

import type { PyodideAPI } from "pyodide";
import type { HeapStats } from "../../alloc/stats.js";
import { HeapCorruption, HeapFault } from "../../ground/errors.js";
import { NO_LIMIT } from "../../heap/core-heap.js";
import { Inspection } from "./inspection.js";
import { keptValue, type OwnCode } from "./kept-code.js";
import type { PyodideExports } from "./pyodide-module.js";
import { PYTHON_FILES } from "./python-files.gen.js";
import type { PythonHeap } from "./python-heap.js";
import type { CollectionSource, PythonCollection } from "./python-side.js";
import { readTraceFor, track } from "./tracking.js";

/**
 * Defines watch(tell), which makes `tell` a callback of the collector, for good. The collector's own list of callbacks
 * begins with ours. The program sees another list in place of that one, and what it puts there is copied to the collector's
 * list. So nothing that the program does to its list removes our callback. A program that imports gc anew gets the
 * collector's own list. If the program removes our callback from that list, the callback adds itself again when it is freed. (The
 * program can prevent this by keeping a reference to the callback.) `tell` is called without a Python frame, so that a
 * function that traces the program can't fail in it. watch returns functions of the collector, all of them in C, and the addresses of
 * that list and of three functions: a call by address allocates nothing.
 */
const SOURCE = `
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
    calls = own, gc.freeze, gc.collect, gc.unfreeze
    return gc.get_debug, gc.get_freeze_count, calls, *map(id, calls)
watch
`;

/** The part of the reports of collections that is in Python. */
export const WATCH_COLLECTIONS: OwnCode = { source: SOURCE, filename: "<pyheap>" };

/** How many functions of the Python package pyheap are on the stack when it asks about objects. */
const OWN_FRAMES = 1;

/** The fields of a collection that the collector reports. */
const FIELDS = ["generation", "collected", "uncollectable"];

interface PyDict {
  get(key: string): number;
}

/** What `watch` returns. The object keeps those alive whose addresses follow: the list of callbacks, gc.freeze, gc.collect, gc.unfreeze. */
type Collector = readonly [debug: () => number, frozen: () => number, kept: object, list: number, ...calls: number[]];

/** Where a list has its length. */
const LENGTH_AT = 8;

/** Reports collections. Everything of Python that this needs is looked up here, before the program can change it. */
function collectionsOf(pyodide: PyodideAPI): CollectionSource {
  const watch = keptValue(pyodide, WATCH_COLLECTIONS) as (tell: unknown) => {
    toJs(options: { readonly depth: number }): Collector;
    destroy(): void;
  };
  const tells = new Set<(collection: PythonCollection) => void>();
  let begun = 0;
  let isUnderWay = false;
  const hear = (phase: string, info: PyDict) => {
    isUnderWay = phase === "start";
    if (isUnderWay) {
      begun = performance.now();
      return;
    }
    const [generation, collected, uncollectable] = FIELDS.map((name) => info.get(name));
    for (const each of tells) each({ generation, collected, uncollectable, begun } as PythonCollection);
  };
  let collector: Collector | undefined;
  const watched = (): Collector => {
    if (collector) return collector;
    const given = watch(hear);
    collector = given.toJs({ depth: 1 });
    given.destroy();
    return collector;
  };
  const source = (tell: (collection: PythonCollection) => void) => {
    tells.add(tell);
    watched();
    // This does not call Python, which may have ended.
    return () => void tells.delete(tell);
  };
  /**
   * Only a full collection empties free lists. So there is one, without any object to look at; the list of callbacks looks empty
   * meanwhile. What the program can notice of it is in `gc.get_stats()`, and that all objects are in the oldest generation then. If the
   * program has frozen objects, or debugs the collector, nothing is done.
   */
  const emptyFreeLists = ({ memory, PyObject_CallNoArgs: call, Py_DecRef: release }: PyodideExports) => {
    const [debug, frozen, , list, ...calls] = watched();
    if (!call || !release || debug() !== 0 || frozen() !== 0) return;
    const length = new DataView(memory.buffer).getUint32(list + LENGTH_AT, true);
    const setLength = (to: number) => new DataView(memory.buffer).setUint32(list + LENGTH_AT, to, true);
    setLength(0);
    for (const each of calls) release(call(each));
    setLength(length);
  };
  return Object.assign(source, { isCollecting: () => isUnderWay, emptyFreeLists });
}

/** Writes the package pyheap (python/) into an interpreter's site-packages. */
export function writePythonFiles(FS: PyodideAPI["FS"], sitePackages: string): void {
  FS.mkdirTree(`${sitePackages}/pyheap`);
  const encoder = new TextEncoder();
  for (const [name, text] of Object.entries(PYTHON_FILES)) {
    FS.writeFile(`${sitePackages}/${name}`, encoder.encode(text), { canOwn: true });
  }
}

/**
 * Lets Python import the module `_pyheap`, which the package pyheap uses, and the heap hear of collections. An interpreter
 * from an image already has the module (`isThere`).
 */
export function installPythonModule(pyodide: PyodideAPI, heap: PythonHeap, bridge: object, isThere: boolean): void {
  heap.collectionSource = collectionsOf(pyodide);
  if (!isThere) pyodide.registerJsModule("_pyheap", bridge);
}

/** The JavaScript object of the module `_pyheap`. `files` returns the interpreter's file system, once it has one. */
export function bridgeTo(heap: PythonHeap, files: () => PyodideAPI["FS"]): object {
  return {
    istracing: () => heap.isTracing,
    track: (options: string) => track(heap, files(), options),
    readtrace: readTraceFor,
    stats: () => JSON.stringify(heap.stats() satisfies HeapStats),
    getallocatedblocks: () => heap.stats().allocatedBlocks,
    relieve: () => heap.relieve().gained,
    getlimit: () => (heap.limit === NO_LIMIT ? undefined : heap.limit),
    setlimit: (size: number | undefined) => {
      heap.limit = size ?? NO_LIMIT;
    },
    snapshot: (write: (piece: Uint8Array) => void) => JSON.stringify(heap.snapshot({ write })),
    objects: () => JSON.stringify(new Inspection(heap.graph(), OWN_FRAMES).typeCounts()),
    referrers: (id: number, list: number) => {
      const { ids, frames } = new Inspection(heap.graph(), OWN_FRAMES, id).referrers(id);
      heap.extendList(
        list,
        ids.filter((each) => each !== list),
      );
      return JSON.stringify(frames);
    },
    why: (id: number) => {
      const holder = new Inspection(heap.graph(), OWN_FRAMES, id).holder(id);
      return holder && JSON.stringify([holder.path, holder.text]);
    },
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
