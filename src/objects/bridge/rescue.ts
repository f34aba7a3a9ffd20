// When memory runs out: measures run, and an operation is tried again.

import { MemoryError } from "../../ground/errors.js";

/** Runs measures and the attempt after them, as Ladder.rescue does. */
export type Rescuer = <T>(attempt: () => T | undefined, bytes: number) => T | undefined;

export class Rescue {
  readonly #rescuer: Rescuer;
  #isAnotherTry = false;

  constructor(rescuer: Rescuer) {
    this.#rescuer = rescuer;
  }

  /** Runs an operation; if memory runs out, measures run, and it is tried again. It leaves everything as it was when it fails. */
  trying<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      return this.again(error, operation);
    }
  }

  /** The other tries of an operation that failed with this error, which is thrown if they fail, or if it has another reason. */
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
