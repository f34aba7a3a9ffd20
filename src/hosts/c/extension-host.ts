// The functions of a heap that the linker needs.

import type { WholeCore } from "../../core/whole-core.js";
import type { Bridge } from "../../objects/bridge/bridge.js";
import type { PyModule } from "../../objects/handles/extension.js";
import type { Casts } from "./casts.js";
import type { Surveyed } from "./leaks.js";
import type { CStack } from "./stack.js";

export interface ExtensionHost {
  readonly heap: Surveyed;
  readonly core: WholeCore;
  readonly bridge: Bridge;
  /** The types of the functions that modules have in the table. */
  readonly casts: Casts;
  /** The stack of all modules. */
  readonly stack: CStack;
  /** Makes the types of the Python/C API other than the built-in ones, if they do not exist yet. */
  beginApi(): void;
  /** Throws the error that C has set, if there is one. */
  raiseIfSet(): void;
  /**
   * The Python module, as a handle, for the value that PyInit_x returned: a module, or a module's definition. Throws an
   * error that occurs meanwhile.
   */
  moduleFrom(answered: number, name: string): PyModule;
  /** The address of a module, which stays where it is. */
  addressOf(module: PyModule): number;
  /** Empties the module, and releases its handle. */
  dropModule(module: PyModule): void;
  /** Frees unreachable objects, and memory that is kept for reuse. */
  settle(): void;
}
