// Decides who releases a handle: the program, the scope in which it was made, or JavaScript's collector.

import type { WholeFunctions } from "../../core/functions.gen.js";
import type { Sharing } from "./bridge.js";
import type { Handle } from "./handle.js";

export class Scopes {
  readonly #f: WholeFunctions;
  /** The handles that were made in each open scope; the innermost scope is last. */
  readonly #scopes: Set<Handle>[] = [];
  readonly #net: FinalizationRegistry<number>;

  constructor(f: WholeFunctions, sharing: Pick<Sharing, "releasing">) {
    this.#f = f;
    this.#net = new FinalizationRegistry((index) => sharing.releasing(() => this.#f.handle_release(index)));
  }

  /** Registers a new handle: the innermost scope will release it; or, if it is forgotten, JavaScript's collector. */
  adopt(handle: Handle, index: number): void {
    this.#scopes.at(-1)?.add(handle);
    this.#net.register(handle, index, handle);
  }

  /** Gives back the reference of a handle that its owner has released. From now on, neither a scope nor JavaScript's collector does. */
  disown(handle: Handle, index: number): void {
    for (const scope of this.#scopes) scope.delete(handle);
    this.#net.unregister(handle);
    this.#f.handle_release(index);
  }

  /**
   * Runs a callback of the program, in the middle of whatever the program is doing. The scopes that are open then do not own the handles
   * that the callback makes. In the callback, results that are numbers or strings are JavaScript's, even if the program is inside of
   * `exact`.
   */
  aside<T>(run: () => T): T {
    const scopes = this.#scopes.splice(0);
    const exact = this.#f.set_exact(0);
    try {
      return run();
    } finally {
      this.#f.set_exact(exact);
      this.#scopes.push(...scopes);
    }
  }

  /**
   * Runs a function, then releases the handles that were made in it. A handle that the function returns belongs to the next outer scope
   * instead. Throws TypeError if the function is async.
   */
  scope<T>(run: () => T): T {
    const made = new Set<Handle>();
    this.#scopes.push(made);
    let result: T | undefined;
    try {
      result = run();
      if (result instanceof Promise) {
        throw new TypeError("Cannot run an async function in a scope: what it makes after an await is outside");
      }
      return result;
    } finally {
      this.#scopes.pop();
      for (const handle of made) {
        if (handle === result) this.#scopes.at(-1)?.add(handle);
        else handle.release();
      }
    }
  }
}
