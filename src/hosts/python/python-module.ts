// `import pyheap` for Python programs that run on the heap: a Python package (python/) that calls a few functions of the
// host.

import type { PyodideAPI } from "pyodide";
import type { HeapStats } from "../../alloc/stats.js";
import { HeapCorruption, HeapFault } from "../../ground/errors.js";
import { NO_LIMIT } from "../../heap/core-heap.js";
import { Inspection } from "./inspection.js";
import { keptValue, type OwnCode } from "./kept-code.js";
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
 * function that traces the program can't fail in it.
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

/** Reports collections. Everything of Python that this needs is looked up here, before the program can change it. */
function collectionsOf(pyodide: PyodideAPI): CollectionSource {
  const watch = keptValue(pyodide, WATCH_COLLECTIONS) as (tell: unknown) => void;
  const tells = new Set<(collection: PythonCollection) => void>();
  let isWatching = false;
  let begun = 0;
  let isUnderWay = false;
  const source = (tell: (collection: PythonCollection) => void) => {
    tells.add(tell);
    if (!isWatching) {
      isWatching = true;
      watch((phase: string, info: PyDict) => {
        isUnderWay = phase === "start";
        if (isUnderWay) {
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
  return Object.assign(source, { isCollecting: () => isUnderWay });
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
