// A snapshot of the objects in an interpreter's heap, and of who holds them.

import type { Walked } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import { Words } from "../../core/memory-words.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import type { BlockStacks } from "../../trace/live-stacks.js";
import { type WalkedModule, type WalkedPython, WalkFunctions, walkPython } from "./graph/walk.js";
import type { ProxyWatch } from "./proxies.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonSide } from "./python-side.js";
import { KNOWN_VERSIONS, objectLayout } from "./versions/versions.js";

const canBeWalked = (python: PyodideExports): python is PyodideExports & WalkedModule =>
  python.PyImport_GetModuleDict !== undefined && python.PyUnstable_GC_VisitObjects !== undefined;

/** What a heap says about its blocks. */
interface HeapBlocks extends Pick<WalkedPython, "poolBlocks" | "ownBlocks"> {
  /** Whether debug hooks are installed in front of the heap's allocators. */
  readonly hasHooks: () => boolean;
  /** Where blocks were allocated, as far as that is recorded. */
  readonly stacks: () => BlockStacks | undefined;
}

export class PythonObjects {
  readonly #side: Pick<PythonSide, "python" | "stack" | "native">;
  readonly #heap: Walked;
  readonly #blocks: HeapBlocks;
  #functions: WalkFunctions | undefined;
  /** The proxies by which JavaScript holds objects; undefined if they are not watched. */
  proxies: ProxyWatch | undefined;

  constructor(side: Pick<PythonSide, "python" | "stack" | "native">, heap: Walked, blocks: HeapBlocks) {
    this.#side = side;
    this.#heap = heap;
    this.#blocks = blocks;
  }

  /**
   * All objects, and the memory that belongs to none. Throws if it is not known where this version of the interpreter
   * stores its objects, or if the interpreter does not run.
   */
  graph(): ObjectGraph {
    const { python, stack, native } = this.#side;
    const layout = objectLayout(new Words(python).get(python.data.Py_Version));
    if (!layout || !stack.isReadable || !canBeWalked(python)) {
      throw new Error(
        `Cannot take a snapshot: pyheap does not know where CPython ${stack.version} has its objects (it knows ${KNOWN_VERSIONS})`,
      );
    }
    if (python.Py_IsInitialized() === 0) throw new Error("Cannot take a snapshot: the interpreter does not run");
    this.#functions ??= new WalkFunctions(python.__indirect_function_table);
    const [heap, blocks] = [this.#heap, this.#blocks];
    return walkPython(
      {
        ...{ python, layout },
        stats: () => heap.stats(),
        walk: (visit) => heap.walk(visit, { blocks: false }),
        ...{ poolBlocks: blocks.poolBlocks, ownBlocks: blocks.ownBlocks },
        moduleName: (number) => native?.nameOf(number) ?? "a module in C",
        hookBytes: blocks.hasHooks() ? C.DEBUG_HEADER : 0,
        threads: [stack.currentFrame],
        lineOf: (frame) => stack.lineOf(frame),
        proxies: this.proxies ?? [],
        stacks: blocks.stacks(),
      },
      this.#functions,
    );
  }
}
