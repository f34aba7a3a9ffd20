// What the linker needs of the heap that it loads modules onto.

import type { WholeCore } from "../../core/whole-core.js";
import type { Bridge } from "../../objects/bridge/bridge.js";
import type { PyModule } from "../../objects/handles/extension.js";
import type { Surveyed } from "./leaks.js";
import type { CStack } from "./stack.js";

export interface ExtensionHost {
  readonly heap: Surveyed;
  readonly core: WholeCore;
  readonly bridge: Bridge;
  /** The stack that all modules share. */
  readonly stack: CStack;
  /** Makes the types that the Python/C API has besides the built-in ones, unless they are there. */
  beginApi(): void;
  /** Throws the error that C left set, if there is one. */
  raiseIfSet(): void;
  /** The module that a PyInit function meant by what it returned, as a handle. Throws what went wrong on the way. */
  moduleFrom(answered: number, name: string): PyModule;
  /** The module's handle is released, and nothing is in the module any more. */
  dropModule(module: PyModule): void;
  /** Unreachable objects, and memory that is kept for later ones, are gone. */
  settle(): void;
}
