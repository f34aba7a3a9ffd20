// A module in C that lives on a heap, as TypeScript sees it.

import { type Address, toAddress } from "../../ground/address.js";
import type { PyModule } from "../../objects/handles/extension.js";
import type { LeakReport } from "./leaks.js";
import { type CFunction, type CValue, isBig, type LoadedModule } from "./loaded.js";

/** A loaded module. It stays until `unload()`, also if nothing refers to it. */
export class CModule {
  /** What reports call it: the file's name, with a number behind it if the heap has had one of that name. */
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
   * A function of the module, to call it often. An error that it leaves set (PyErr_NoMemory) is thrown; so is a fault that
   * debug hooks find while it runs. Throws ReferenceError if there is none of that name.
   */
  function(name: string): CFunction {
    const f = this.#loaded.functions.get(name);
    if (f) return f;
    const why = this.#loaded.isLive ? `it has ${this.functionNames.join(", ") || "none"}` : "it was unloaded";
    throw new ReferenceError(`Cannot call ${name}: not a function of ${this.name}; ${why}`);
  }

  /** What a function's parameters take, one by one; undefined if there is none of that name, or the module was given compiled. */
  parametersOf(name: string): readonly ("number" | "bigint")[] | undefined {
    const { types } = this.#loaded;
    return types?.get(name)?.parameters.map((parameter) => (isBig(parameter) ? "bigint" : "number"));
  }

  /** Calls a function with plain values. Throws TypeError if they are not as many as its parameters, or not of their types. */
  call(name: string, ...args: CValue[]): CValue | undefined {
    return this.function(name)(...args);
  }

  /**
   * The module as Python has it, made by its PyInit function: functions, types and constants are its attributes. Throws ReferenceError
   * if it has no such function, or was unloaded.
   */
  get module(): PyModule {
    const { python, isLive } = this.#loaded;
    if (python && isLive) return python;
    const why = isLive ? "it has no PyInit function" : "it was unloaded";
    throw new ReferenceError(`Cannot find the Python module of ${this.name}: ${why}`);
  }

  /** Where a variable of the module is. Throws ReferenceError if there is none of that name. */
  address(name: string): Address {
    const address = this.#loaded.data.get(name);
    if (address === undefined) throw new ReferenceError(`Cannot find ${name}: not a variable of ${this.name}`);
    return toAddress(address);
  }

  /**
   * The module goes: functions registered with atexit are called, its data and its entries of the table are given back. Returns what it
   * did not free. Modules that need each other go together. Throws if another module uses it, or if it has gone already.
   */
  unload(): LeakReport {
    return this.#unload();
  }
}
