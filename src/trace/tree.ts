// The stacks of a trace: functions, and the tree of nodes.

import { BrokenContent } from "./bytes.js";
import type { TraceFunction, TraceMetadata } from "./format.js";
import { GrowingU32 } from "./growing.js";

/** The function that stands for a stack without frames, by the kind of stacks. */
const OUTSIDE = {
  python: { name: "<outside Python>", file: "", firstLine: 0 },
  javascript: { name: "<no stack>", file: "", firstLine: 0 },
} as const satisfies Record<TraceMetadata["stacks"], TraceFunction>;

/** The name of a function whose code has none: a Python program can make such code. */
const UNNAMED = "<unnamed>";

/** One frame of a stack. */
export interface Frame {
  readonly function: TraceFunction;
  readonly line: number;
}

/** Nodes are numbers: 0 is the root, a parent's number is lower than its children's. */
export class StackTree {
  readonly functions: TraceFunction[];
  readonly #parents = new GrowingU32();
  readonly #functions = new GrowingU32();
  readonly #lines = new GrowingU32();

  /** `outside` stands for a stack without frames. */
  constructor(outside: TraceFunction = OUTSIDE.python) {
    this.functions = [outside];
    this.#push(0, 0, 0);
  }

  /** Number of nodes, the root included. */
  get length(): number {
    return this.#parents.length;
  }

  /** Bytes of the nodes. */
  get bytes(): number {
    return this.#parents.bytes + this.#functions.bytes + this.#lines.bytes;
  }

  /** Sets the kind of stacks. */
  setKind(kind: TraceMetadata["stacks"]): void {
    this.functions[0] = kind === "javascript" ? OUTSIDE.javascript : OUTSIDE.python;
  }

  addFunction(f: TraceFunction): void {
    this.functions.push(f.name === "" ? { ...f, name: UNNAMED } : f);
  }

  /** Adds the next node. Throws BrokenContent if there is no such function. */
  addNode(parent: number, functionNumber: number, line: number): void {
    if (functionNumber === 0 || functionNumber >= this.functions.length) {
      throw new BrokenContent(`a stack has function ${functionNumber}, which is not there`);
    }
    this.#push(parent, functionNumber, line);
  }

  #push(parent: number, functionNumber: number, line: number): void {
    this.#parents.push(parent);
    this.#functions.push(functionNumber);
    this.#lines.push(line);
  }

  parent(node: number): number {
    return this.#parents.at(node);
  }

  functionNumber(node: number): number {
    return this.#functions.at(node);
  }

  line(node: number): number {
    return this.#lines.at(node);
  }

  frame(node: number): Frame {
    return { function: this.functions[this.functionNumber(node)] ?? OUTSIDE.python, line: this.line(node) };
  }

  /** The innermost node of a stack that is code; and the type that is innermost on the stack, if there is one. */
  withoutType(innermost: number): { readonly node: number; readonly type: string | undefined } {
    const { isType, name } = this.frame(innermost).function;
    return isType ? { node: this.parent(innermost), type: name } : { node: innermost, type: undefined };
  }

  /** The frames of a stack, the innermost first; none for the root. */
  stack(node: number): Frame[] {
    const frames: Frame[] = [];
    for (let at = node; at !== 0; at = this.parent(at)) frames.push(this.frame(at));
    return frames;
  }
}
