// The frames of a flame graph: stacks with the same functions are merged into one frame, with their sum.
//
//   downwards   the root's children are the outermost calls; a frame's total includes its callees
//   inverted    the root's children are the functions that allocated, and their children are their callers
//
// Downwards there are at most as many frames as nodes. Inverted, there may be as many as the depths of all stacks
// together. So the callers of a frame are computed when they are asked for.
//
// Invariant: a frame's children have higher numbers than the frame, and the largest come first.

import type { StackTree } from "../../src/trace/tree.js";

export interface Frame {
  readonly parent: number;
  /** The function's number in the tree's list. */
  readonly functionNumber: number;
  /**
   * The line of the node with the largest sum, of the nodes that were merged. `lines` is above 1 if they have several
   * lines.
   */
  line: number;
  lines: number;
  readonly depth: number;
  total: number;
  own: number;
}

/**
 * The stacks of an inverted frame: the nodes that allocated, and for each the caller up to which its stack was
 * followed.
 */
interface Members {
  readonly nodes: readonly number[];
  readonly at: readonly number[];
}

/** Merged frames; the first is the root. */
export class FlameTree {
  readonly #frames: Frame[] = [];
  readonly #children: (number[] | undefined)[] = [];
  readonly #byKey = new Map<number, number>();
  readonly #heaviest: number[] = [];
  readonly #stacks: StackTree;
  readonly #own: Float64Array;
  /** The stacks of inverted frames whose callers were not computed yet. */
  readonly #members = new Map<number, Members>();

  /** `own` is what each node of the stacks allocated itself: bytes or blocks. */
  constructor(stacks: StackTree, own: Float64Array, { inverted }: { readonly inverted: boolean }) {
    this.#stacks = stacks;
    this.#own = own;
    this.#add(-1, 0, 0, 0);
    if (inverted) this.#beginInverted();
    else this.#fill();
  }

  at(frame: number): Frame {
    const found = this.#frames[frame];
    if (!found) throw new RangeError(`Cannot show frame ${frame}: there is none`);
    return found;
  }

  /** The numbers of a frame's callees, or of its callers if the tree is inverted; the largest first. */
  childrenOf(frame: number): readonly number[] {
    const members = this.#members.get(frame);
    if (members) this.#findCallers(frame, members);
    return this.#children[frame] ?? [];
  }

  #add(parent: number, functionNumber: number, line: number, depth: number): number {
    this.#frames.push({ parent, functionNumber, line, lines: 1, depth, total: 0, own: 0 });
    this.#heaviest.push(0);
    return this.#frames.length - 1;
  }

  #key(parent: number, functionNumber: number): number {
    return parent * this.#stacks.functions.length + functionNumber;
  }

  #child(parent: number, functionNumber: number, line: number, value: number): number {
    const key = this.#key(parent, functionNumber);
    let child = this.#byKey.get(key);
    if (child === undefined) {
      child = this.#add(parent, functionNumber, line, this.at(parent).depth + 1);
      this.#byKey.set(key, child);
      const siblings = this.#children[parent] ?? [];
      this.#children[parent] = siblings;
      siblings.push(child);
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

  #sort(frame: number): void {
    this.#children[frame]?.sort((a, b) => this.at(b).total - this.at(a).total);
  }

  #fill(): void {
    const stacks = this.#stacks;
    const own = this.#own;
    const totals = own.slice();
    for (let node = stacks.length - 1; node > 0; node--) {
      const caller = stacks.parent(node);
      totals[caller] = (totals[caller] as number) + (totals[node] as number);
    }
    const frameOf = new Uint32Array(stacks.length);
    this.at(0).total = totals[0] as number;
    const outside = own[0] as number;
    if (outside >= 1) this.at(this.#child(0, 0, 0, outside)).own = outside;
    for (let node = 1; node < stacks.length; node++) {
      const total = totals[node] as number;
      if (total < 1) continue;
      const parent = frameOf[stacks.parent(node)] as number;
      const frame = this.#child(parent, stacks.functionNumber(node), stacks.line(node), total);
      this.at(frame).own += own[node] as number;
      frameOf[node] = frame;
    }
    for (let frame = 0; frame < this.#frames.length; frame++) this.#sort(frame);
  }

  #beginInverted(): void {
    const nodes: number[] = [];
    this.#own.forEach((value, node) => {
      if (value < 1) return;
      nodes.push(node);
      this.at(0).total += value;
    });
    // No stack was followed yet: the functions that allocated become the root's children.
    this.#expand(0, { nodes, at: nodes });
  }

  #findCallers(frame: number, { nodes, at }: Members): void {
    this.#members.delete(frame);
    const callers: { nodes: number[]; at: number[] } = { nodes: [], at: [] };
    nodes.forEach((node, k) => {
      const caller = this.#stacks.parent(at[k] as number);
      if (at[k] === 0 || caller === 0) return;
      callers.nodes.push(node);
      callers.at.push(caller);
    });
    this.#expand(frame, callers);
  }

  /** Adds the children of a frame: its stacks, grouped by the next function of each. */
  #expand(frame: number, { nodes, at }: Members): void {
    const stacks = this.#stacks;
    nodes.forEach((node, k) => {
      const place = at[k] as number;
      const value = this.#own[node] as number;
      const child = this.#child(frame, stacks.functionNumber(place), stacks.line(place), value);
      if (place === 0 || stacks.parent(place) === 0) this.at(child).own += value;
      const members = (this.#members.get(child) ?? { nodes: [], at: [] }) as { nodes: number[]; at: number[] };
      members.nodes.push(node);
      members.at.push(place);
      this.#members.set(child, members);
    });
    this.#sort(frame);
  }

  /** The frames from the root to this one, without the root. */
  path(frame: number): number[] {
    const path: number[] = [];
    for (let at = frame; at > 0; at = this.at(at).parent) path.push(at);
    return path.reverse();
  }

  /** The frame at the end of a path of functions, as far as the path exists. */
  follow(functions: readonly number[]): number {
    let frame = 0;
    for (const f of functions) {
      this.childrenOf(frame);
      const next = this.#byKey.get(this.#key(frame, f));
      if (next === undefined) break;
      frame = next;
    }
    return frame;
  }
}
