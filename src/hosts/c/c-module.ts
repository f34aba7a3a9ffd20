// A module in C that is loaded onto a heap, for TypeScript.

import { type Address, toAddress } from "../../ground/address.js";
import type { PyModule } from "../../objects/handles/extension.js";
import type { LeakReport } from "./leaks.js";
import { type CFunction, type CValue, isBig, type LoadedModule } from "./loaded.js";

/** A loaded module. It stays until `unload()`, even if nothing refers to it. */
export class CModule {
  /** Its name in reports: the file's name, followed by a number if the heap has already had a module of that name. */
  readonly name: string;
  readonly #loaded: LoadedModule;
  readonly #unload: () => LeakReport;

  constructor(loaded: LoadedModule, unload: () => LeakReport) {
    this.name = loaded.label;
    this.#loaded = loaded;
    this.#unload = unload;
  }

  /** Names of the functions that can be called. */
  get functionNames(): string[] {
    return [...this.#loaded.functions.keys()];
  }

  /**
   * A function of the module, for calling it often. If it leaves an error set (PyErr_NoMemory), that is thrown; so is a
   * fault that debug hooks find while it runs. Throws ReferenceError if there is no function of that name.
   */
  function(name: string): CFunction {
    const f = this.#loaded.functions.get(name);
    if (f) return f;
    const why = this.#loaded.isLive ? `it has ${this.functionNames.join(", ") || "none"}` : "it was unloaded";
    throw new ReferenceError(`Cannot call ${name}: not a function of ${this.name}; ${why}`);
  }

  /**
   * The types of a function's parameters; undefined if there is no function of that name, or if the module was given as a
   * WebAssembly.Module.
   */
  parametersOf(name: string): readonly ("number" | "bigint")[] | undefined {
    const { types } = this.#loaded;
    return types?.exported.get(name)?.parameters.map((parameter) => (isBig(parameter) ? "bigint" : "number"));
  }

  /** Calls a function with plain values. Throws TypeError if their number or their types do not fit its parameters. */
  call(name: string, ...args: CValue[]): CValue | undefined {
    return this.function(name)(...args);
  }

  /**
   * The Python module that the PyInit function makes: functions, types and constants are its attributes. Throws
   * ReferenceError if there is no such function, or if the module was unloaded.
   */
  get module(): PyModule {
    const { python, isLive } = this.#loaded;
    if (python && isLive) return python;
    const why = isLive ? "it has no PyInit function" : "it was unloaded";
    throw new ReferenceError(`Cannot find the Python module of ${this.name}: ${why}`);
  }

  /** The address of a variable of the module. Throws ReferenceError if there is no variable of that name. */
  address(name: string): Address {
    const address = this.#loaded.data.get(name);
    if (address === undefined) throw new ReferenceError(`Cannot find ${name}: not a variable of ${this.name}`);
    return toAddress(address);
  }

  /**
   * Unloads the module: calls the functions registered with atexit, and frees its data and its entries of the table.
   * Returns the blocks that it did not free. Modules that need each other are unloaded together. Throws if another
   * module uses it, or if it was unloaded before.
   */
  unload(): LeakReport {
    return this.#unload();
  }
}
