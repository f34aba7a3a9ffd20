// What the limit of a heap can be, and the errors of a heap that has reached it.

import { MAX_REQUEST } from "../alloc/domain.js";
import { MemoryError } from "../ground/errors.js";
import { NO_LIMIT } from "../pressure/policy.js";

/** The sizes that tell why there is no memory, in bytes. */
export interface Limited {
  readonly limit: number;
  readonly reserved: number;
}

/** A limit as the core has it. */
export function limitWord(bytes: number): number {
  return Math.min(Math.floor(bytes), NO_LIMIT);
}

/** Throws RangeError unless this can be a heap's limit. */
export function checkLimit(bytes: number): void {
  if (!(bytes >= 0)) throw new RangeError(`Cannot set the limit to ${bytes}: not a number of bytes`);
}

/** Throws RangeError if a heap that was just made is larger than its limit. */
export function checkState({ limit, reserved }: Limited): void {
  if (reserved > limit) {
    throw new RangeError(`Cannot make a heap within ${limit} bytes: its own state takes ${reserved}`);
  }
}

/** The error for a block of `n` bytes that can't be had; 0 if the size is not known. */
export function noMemory(n: number, { limit, reserved }: Limited): MemoryError {
  if (n > MAX_REQUEST) return new MemoryError(n, `a block has at most ${MAX_REQUEST} bytes`);
  const why = limit === NO_LIMIT ? "the platform has no more" : `the limit is ${limit} bytes, ${reserved} are reserved`;
  return new MemoryError(n, why);
}
