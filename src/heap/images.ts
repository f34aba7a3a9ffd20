// Saving a heap: what an image can't contain, and how it is made. See docs/heap-images.md.

import * as C from "../core/constants.gen.js";
import { MOVE } from "../core/reentrancy.js";
import { wholeChecksum } from "../core/whole-core.js";
import { encodeImage } from "../image/format.js";
import { cannotSave, takeImage } from "../image/save.js";
import { compress } from "../image/stream.js";
import type { Modules } from "./modules.js";
import type { Objects } from "./objects.js";

export class Images {
  readonly #objects: Objects;
  readonly #modules: Modules;

  constructor(objects: Objects, modules: Modules) {
    this.#objects = objects;
    this.#modules = modules;
  }

  /** The heap's objects at the moment of the call, as an image. */
  async save(isCompressed: boolean): Promise<Uint8Array> {
    const why = this.#whyNot();
    if (why !== undefined) throw cannotSave(why);
    const parts = takeImage(this.#objects.core, this.#objects.imageMetadata());
    const stored = isCompressed ? await compress(parts.stored) : parts.stored;
    return encodeImage({ ...parts, isCompressed, stored }, wholeChecksum());
  }

  #whyNot(): string | undefined {
    const { core, foundation } = this.#objects;
    const underWay = foundation.states.whyNot(MOVE);
    if (underWay !== undefined) return underWay;
    if (foundation.recordings.isRunning) return "a recording is under way";
    if (this.#modules.size > 0) return "modules in C are loaded, which know objects by their addresses";
    if (foundation.word(C.HOOKS_INSTALLED_AT) !== 0) return "debug hooks are installed";
    const { hooks } = foundation;
    const isOwn = (index: number) => index >= core.tableBase && index < core.tableBase + C.TABLE_FUNCTIONS;
    for (const domain of ["raw", "mem", "object"] as const) {
      const [, ...functions] = hooks.get(domain).words;
      if (!functions.every(isOwn)) return `the program has replaced the allocator of the ${domain} domain`;
    }
    const [, ...functions] = hooks.getArena().words;
    return functions.every(isOwn) ? undefined : "the program has replaced the arena allocator";
  }
}
