// What happens when memory runs out: measures run, which make the heap smaller, and the operation is tried again.

import { MemoryError } from "../../ground/errors.js";

/** Runs measures, then the attempt, as Ladder.rescue does. */
export type Rescuer = <T>(attempt: () => T | undefined, bytes: number) => T | undefined;

export class Rescue {
  readonly #rescuer: Rescuer;
  #isAnotherTry = false;

  constructor(rescuer: Rescuer) {
    this.#rescuer = rescuer;
  }

  /**
   * Runs an operation. If memory runs out, measures run, and the operation is tried again. An operation that fails must
   * leave everything unchanged.
   */
  trying<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      return this.again(error, operation);
    }
  }

  /**
   * Tries again an operation that failed with this error. Throws the error if that fails, or if memory was not the
   * reason.
   */
  again<T>(error: unknown, operation: () => T): T {
    if (!(error instanceof MemoryError) || this.#isAnotherTry) throw error;
    const found = this.#rescuer(() => {
      this.#isAnotherTry = true;
      try {
        return { value: operation() };
      } catch (another) {
        if (another instanceof MemoryError) return undefined;
        throw another;
      } finally {
        this.#isAnotherTry = false;
      }
    }, error.requested);
    if (!found) throw error;
    return found.value;
  }
}
