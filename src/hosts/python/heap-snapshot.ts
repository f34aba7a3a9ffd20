// A snapshot of the objects in an interpreter's heap, and of who holds them.

import type { Walked } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import { Words } from "../../core/memory-words.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import type { BlockStacks } from "../../trace/live-stacks.js";
import { type WalkedModule, type WalkedPython, WalkFunctions, walkPython } from "./graph/walk.js";
import type { ProxyWatch } from "./proxies.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonStack } from "./python-stack.js";
import { KNOWN_VERSIONS, objectLayout } from "./versions/versions.js";

const canBeWalked = (python: PyodideExports): python is PyodideExports & WalkedModule =>
  python.PyImport_GetModuleDict !== undefined && python.PyUnstable_GC_VisitObjects !== undefined;

export class PythonObjects {
  readonly #python: PyodideExports;
  readonly #stack: PythonStack;
  readonly #heap: Walked;
  readonly #hasHooks: () => boolean;
  readonly #stacks: () => BlockStacks | undefined;
  readonly #poolBlocks: WalkedPython["poolBlocks"];
  #functions: WalkFunctions | undefined;
  /** The proxies by which JavaScript holds objects; undefined if they are not watched. */
  proxies: ProxyWatch | undefined;

  /**
   * `hasHooks` says whether debug hooks are installed in front of the heap's allocators; `stacks` returns where blocks
   * were allocated, as far as that is recorded; `poolBlocks` visits the blocks in use of some pools.
   */
  constructor(
    python: PyodideExports,
    stack: PythonStack,
    heap: Walked,
    hasHooks: () => boolean,
    stacks: () => BlockStacks | undefined,
    poolBlocks: WalkedPython["poolBlocks"],
  ) {
    this.#poolBlocks = poolBlocks;
    this.#stacks = stacks;
    this.#python = python;
    this.#stack = stack;
    this.#heap = heap;
    this.#hasHooks = hasHooks;
  }

  /**
   * All objects, and the memory that belongs to none. Throws if it is not known where this version of the interpreter
   * stores its objects, or if the interpreter does not run.
   */
  graph(): ObjectGraph {
    const python = this.#python;
    const layout = objectLayout(new Words(python).get(python.data.Py_Version));
    if (!layout || !this.#stack.isReadable || !canBeWalked(python)) {
      throw new Error(
        `Cannot take a snapshot: pyheap does not know where CPython ${this.#stack.version} has its objects (it knows ${KNOWN_VERSIONS})`,
      );
    }
    if (python.Py_IsInitialized() === 0) throw new Error("Cannot take a snapshot: the interpreter does not run");
    this.#functions ??= new WalkFunctions(python.__indirect_function_table);
    const heap = this.#heap;
    return walkPython(
      {
        ...{ python, layout },
        stats: () => heap.stats(),
        walk: (visit) => heap.walk(visit, { blocks: false }),
        poolBlocks: this.#poolBlocks,
        hookBytes: this.#hasHooks() ? C.DEBUG_HEADER : 0,
        threads: [this.#stack.currentFrame],
        lineOf: (frame) => this.#stack.lineOf(frame),
        proxies: this.proxies ?? [],
        stacks: this.#stacks(),
      },
      this.#functions,
    );
  }
}
