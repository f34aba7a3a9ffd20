// Functions that run or are suspended: their variables, by name.

import { CODE, FRAME, OWNER, VARIABLE } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** Takes the name of a variable, its value, and whether the value is a cell, which an inner function uses as well. */
export type VisitVariable = (name: number, value: number, isCell: boolean) => void;

/**
 * Bits of a reference on an interpreter's stack that do not belong to the address. 3.14 stores tags there; one of them
 * says that the number is not an address.
 */
const TAGS = 3;
const MOST_FRAMES = 100_000;
/** The most values on a frame's stack, after its variables, that are looked at. */
const MOST_VALUES = 1000;

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

  /** The values on a frame's stack, if the interpreter has stored how many there are. */
  stack(frame: number, variables: number, visit: (value: number) => void): void {
    const first = frame + FRAME.variables + 4 * variables;
    const end = Math.min(this.#memory.word(frame + FRAME.stackPointer), first + 4 * MOST_VALUES);
    for (let at = first; at < end; at += 4) {
      const value = this.#reference(at);
      if (value !== 0) visit(value);
    }
  }

  #reference(at: number): number {
    const word = this.#memory.word(at);
    return (word & TAGS) === TAGS ? 0 : (word & ~TAGS) >>> 0;
  }
}
