// The frames of a flame graph: stacks with the same functions are one frame, with what they have together.
//
//   downwards   the root's children are the outermost calls; a frame's total is what it and its callees have
//   inverted    the root's children are those who allocated, and their children are their callers
//
// Invariant: a frame's children stand together, those with most first, and have higher numbers than it.

import type { StackTree } from "../../src/trace/tree.js";

export interface Frame {
  readonly parent: number;
  /** Number in the tree's list of functions. */
  readonly functionNumber: number;
  /** The line with most of it; `lines` is how many there are. */
  line: number;
  lines: number;
  readonly depth: number;
  total: number;
  own: number;
  /** Numbers of the frames, those with most first. */
  readonly children: number[];
}

/** Merged frames; the first is the root. */
export class FlameTree {
  readonly frames: Frame[] = [];
  readonly #byKey = new Map<number, number>();
  readonly #functions: number;
  readonly #heaviest: number[] = [];

  /** `own` has what each node of the stacks has. */
  constructor(tree: StackTree, own: Float64Array, { inverted }: { readonly inverted: boolean }) {
    this.#functions = tree.functions.length;
    this.#add(-1, 0, 0, 0);
    if (inverted) this.#fillInverted(tree, own);
    else this.#fill(tree, own);
    for (const frame of this.frames) frame.children.sort((a, b) => this.at(b).total - this.at(a).total);
  }

  at(frame: number): Frame {
    const found = this.frames[frame];
    if (!found) throw new RangeError(`Cannot show frame ${frame}: there is none`);
    return found;
  }

  #add(parent: number, functionNumber: number, line: number, depth: number): number {
    this.frames.push({ parent, functionNumber, line, lines: 1, depth, total: 0, own: 0, children: [] });
    this.#heaviest.push(0);
    return this.frames.length - 1;
  }

  #child(parent: number, functionNumber: number, line: number, value: number): number {
    const key = parent * this.#functions + functionNumber;
    let child = this.#byKey.get(key);
    if (child === undefined) {
      child = this.#add(parent, functionNumber, line, this.at(parent).depth + 1);
      this.#byKey.set(key, child);
      this.at(parent).children.push(child);
    }
    const frame = this.at(child);
    if (frame.line !== line) frame.lines++;
    if (value > (this.#heaviest[child] ?? 0)) {
      this.#heaviest[child] = value;
      frame.line = line;
    }
    frame.total += value;
    return child;
  }

  #fill(tree: StackTree, own: Float64Array): void {
    const totals = own.slice();
    for (let node = tree.length - 1; node > 0; node--) {
      const caller = tree.parent(node);
      totals[caller] = (totals[caller] as number) + (totals[node] as number);
    }
    const frameOf = new Uint32Array(tree.length);
    const root = this.at(0);
    root.total = totals[0] as number;
    const outside = own[0] as number;
    if (outside >= 1) this.at(this.#child(0, 0, 0, outside)).own = outside;
    for (let node = 1; node < tree.length; node++) {
      const total = totals[node] as number;
      if (total < 1) continue;
      const parent = frameOf[tree.parent(node)] as number;
      const frame = this.#child(parent, tree.functionNumber(node), tree.line(node), total);
      this.at(frame).own += own[node] as number;
      frameOf[node] = frame;
    }
  }

  #fillInverted(tree: StackTree, own: Float64Array): void {
    own.forEach((value, node) => {
      if (value < 1) return;
      const root = this.at(0);
      root.total += value;
      let frame = 0;
      for (let at = node; ; at = tree.parent(at)) {
        if (at === 0 && node !== 0) break;
        frame = this.#child(frame, tree.functionNumber(at), tree.line(at), value);
        if (at === 0) break;
      }
      this.at(frame).own += value;
    });
  }

  /** The frames from the root to this one, the root left out. */
  path(frame: number): number[] {
    const path: number[] = [];
    for (let at = frame; at > 0; at = this.at(at).parent) path.push(at);
    return path.reverse();
  }

  /** The frame that a path of functions leads to, as far as it goes. */
  follow(functions: readonly number[]): number {
    let frame = 0;
    for (const f of functions) {
      const next = this.#byKey.get(frame * this.#functions + f);
      if (next === undefined) break;
      frame = next;
    }
    return frame;
  }
}
