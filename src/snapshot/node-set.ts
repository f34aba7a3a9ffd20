// A set of a graph's nodes: a bit for each node, because graphs have millions of them.

export class NodeSet {
  readonly #bits: Uint8Array;

  constructor(nodeCount: number) {
    this.#bits = new Uint8Array((nodeCount >>> 3) + 1);
  }

  has(node: number): boolean {
    return (((this.#bits[node >>> 3] as number) >>> (node & 7)) & 1) !== 0;
  }

  add(node: number): void {
    this.#bits[node >>> 3] = (this.#bits[node >>> 3] as number) | (1 << (node & 7));
  }
}
