// Modules in C on a heap: what the linker needs from the heap onto which it loads.

import type { WholeCore } from "../core/whole-core.js";
import { CModule } from "../hosts/c/c-module.js";
import type { Casts } from "../hosts/c/casts.js";
import type { ExtensionHost } from "../hosts/c/extension-host.js";
import type { Surveyed } from "../hosts/c/leaks.js";
import { Linker } from "../hosts/c/linker.js";
import { type LoadOptions, loadPrograms } from "../hosts/c/load.js";
import type { WasmSource } from "../hosts/c/source.js";
import type { CStack } from "../hosts/c/stack.js";
import type { Bridge } from "../objects/bridge/bridge.js";
import { indexOf } from "../objects/bridge/handle.js";
import type { PyModule } from "../objects/handles/extension.js";
import type { Objects } from "./objects.js";

/** The parts of a heap that its modules use. */
export interface ModulesHeap extends Surveyed {
  readonly gc: { collect(): number };
  relieve(): unknown;
}

export class Modules implements ExtensionHost {
  readonly heap: ModulesHeap;
  readonly core: WholeCore;
  readonly bridge: Bridge;
  readonly stack: CStack;
  readonly casts: Casts;
  #linker: Linker | undefined;

  constructor(heap: ModulesHeap, { core, bridge, casts }: Objects, stack: CStack) {
    this.heap = heap;
    this.core = core;
    this.bridge = bridge;
    this.casts = casts;
    this.stack = stack;
  }

  /** The number of modules on the heap. */
  get size(): number {
    return this.#linker?.size ?? 0;
  }

  /**
   * Loads modules that may need each other, and returns them in the same order. The heap stays in its memory from now
   * on.
   */
  async load(sources: readonly WasmSource[], options: LoadOptions): Promise<CModule[]> {
    const prepared = await loadPrograms(sources, options);
    this.#linker ??= new Linker(this);
    const linker = this.#linker;
    return linker.load(prepared).map((loaded) => new CModule(loaded, () => linker.unload(loaded)));
  }

  // ---- for the linker ----

  beginApi(): void {
    this.bridge.defineApiTypes();
  }

  raiseIfSet(): void {
    this.bridge.raiseIfSet();
  }

  moduleFrom(answered: number, name: string): PyModule {
    const { bridge } = this;
    bridge.key(name);
    return bridge.made(bridge.border.run(() => bridge.f.push_module(answered))) as PyModule;
  }

  addressOf(module: PyModule): number {
    return this.bridge.f.handle_address(indexOf(module, this.bridge)) >>> 0;
  }

  dropModule(module: PyModule): void {
    if (module.released) return;
    const { bridge } = this;
    const index = indexOf(module, bridge);
    bridge.border.run(() => bridge.f.empty_module(index));
    bridge.border.run(() => module.release());
  }

  settle(): void {
    this.heap.gc.collect();
    this.heap.relieve();
  }
}
