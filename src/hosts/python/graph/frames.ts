// Functions that run or are suspended: their variables, by name.

import { CODE, FRAME, OWNER, VARIABLE } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** Takes the name of a variable, its value, and whether the value is a cell, which an inner function uses as well. */
export type VisitVariable = (name: number, value: number, isCell: boolean) => void;

/**
 * Bits of a reference in a frame that do not belong to the address. 3.14 stores tags there: 3 says that the number is not an
 * address, 1 that the frame does not own the reference.
 */
const TAGS = 3;
const MOST_FRAMES = 100_000;

export class Frames {
  readonly #memory: ObjectMemory;
  readonly #tupleItems: number;

  constructor(memory: ObjectMemory, tupleItems: number) {
    this.#memory = memory;
    this.#tupleItems = tupleItems;
  }

  codeOf(frame: number): number {
    return (this.#memory.word(frame + FRAME.code) & ~TAGS) >>> 0;
  }

  /** The frames of Python functions, from `frame` to its callers. */
  *chain(frame: number): Generator<number> {
    let at = frame;
    for (let left = MOST_FRAMES; at !== 0 && left > 0; left--) {
      if (this.#memory.byte(at + FRAME.owner) <= OWNER.object && this.codeOf(at) !== 0) yield at;
      at = this.#memory.word(at + FRAME.previous);
    }
  }

  /** The variables of a frame that have a value; a cell is given as the cell. Returns the number of variables. */
  variables(frame: number, visit: VisitVariable): number {
    const memory = this.#memory;
    const code = this.codeOf(frame);
    const names = memory.word(code + CODE.variableNames);
    const kinds = memory.word(code + CODE.variableKinds);
    const count = Math.min(memory.sizeOf(names), 100_000);
    for (let k = 0; k < count; k++) {
      const value = this.#reference(frame + FRAME.variables + 4 * k);
      if (value === 0) continue;
      const isCell = (memory.byte(kinds + 16 + k) & (VARIABLE.cell | VARIABLE.free)) !== 0;
      visit(memory.word(names + this.#tupleItems + 4 * k), value, isCell);
    }
    return count;
  }

  /** The values on a frame's stack, behind its variables, whose reference the stack owns; and perhaps older values. */
  stack(frame: number, visit: (value: number) => void): void {
    const memory = this.#memory;
    const code = this.codeOf(frame);
    const variables = memory.sizeOf(memory.word(code + CODE.variableNames));
    const end = this.#stackEnd(frame, variables, memory.word(code + CODE.stackSize));
    for (let at = frame + FRAME.variables + 4 * variables; at < end; at += 4) {
      const value = memory.word(at);
      if (value !== 0 && (value & TAGS) === 0) visit(value);
    }
  }

  /**
   * Where the values end. 3.14 stores the address, older versions the number of the values and variables, but not of a function that calls C:
   * then it is where they end at most.
   */
  #stackEnd(frame: number, variables: number, size: number): number {
    const first = frame + FRAME.variables;
    const top = this.#memory.word(frame + FRAME.stackTop);
    const [least, most] = [first + 4 * variables, first + 4 * (variables + size)];
    return [top, first + 4 * top].find((end) => end >= least && end <= most) ?? most;
  }

  #reference(at: number): number {
    const word = this.#memory.word(at);
    return (word & TAGS) === TAGS ? 0 : (word & ~TAGS) >>> 0;
  }
}
