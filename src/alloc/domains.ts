// The three domains of a heap, and the blocks that have views: both must follow when the core moves to another memory.

import type { MemoryApi } from "../core/functions.gen.js";
import type { DomainName } from "../ground/errors.js";
import { Domain, type DomainCalls, rebind } from "./domain.js";
import { forgetView, type Viewers } from "./typed-block.js";

/** An instance of the core. Its functions are replaced when it moves to another memory. */
interface Instance {
  readonly functions: Omit<MemoryApi, `${string}Allocator` | "PyMem_SetupDebugHooks">;
}

function domainCalls({ functions: f }: Instance): Record<DomainName, DomainCalls> {
  return {
    raw: {
      malloc: f.PyMem_RawMalloc,
      calloc: f.PyMem_RawCalloc,
      realloc: f.PyMem_RawRealloc,
      free: f.PyMem_RawFree,
    },
    mem: { malloc: f.PyMem_Malloc, calloc: f.PyMem_Calloc, realloc: f.PyMem_Realloc, free: f.PyMem_Free },
    object: {
      malloc: f.PyObject_Malloc,
      calloc: f.PyObject_Calloc,
      realloc: f.PyObject_Realloc,
      free: f.PyObject_Free,
    },
  };
}

export class Domains {
  readonly raw: Domain;
  readonly mem: Domain;
  readonly object: Domain;
  readonly viewers: Viewers = new Set();
  readonly #core: Instance;

  constructor(core: Instance) {
    const { raw, mem, object } = domainCalls(core);
    this.#core = core;
    this.raw = new Domain("raw", raw);
    this.mem = new Domain("mem", mem);
    this.object = new Domain("object", object);
  }

  /**
   * To be called when the core has moved to another memory, which has the same content at the same addresses. All
   * objects that hold the core's functions get the new ones.
   */
  moved(): void {
    const { raw, mem, object } = domainCalls(this.#core);
    rebind(this.raw, raw);
    rebind(this.mem, mem);
    rebind(this.object, object);
    // A view refers to the memory that it shows, and would keep the old one alive.
    for (const ref of this.viewers) {
      const block = ref.deref();
      if (block) forgetView(block);
    }
    this.viewers.clear();
  }
}
