// Where the blocks that are live at some moment of a recording were allocated: each has a stack.

import { LiveTable } from "./live-table.js";
import { IgnoringConsumer, readWholeTrace, type TraceConsumer } from "./reader.js";
import { StackTree } from "./tree.js";

/** The stacks of live blocks. */
export interface BlockStacks {
  readonly tree: StackTree;
  /** The node of the stack of the block at an address; 0 if it is not known. */
  stackOf(block: number): number;
}

class LiveStacks extends IgnoringConsumer implements BlockStacks {
  readonly tree = new StackTree();
  readonly #live = new LiveTable();

  override metadata({ stacks }: Parameters<TraceConsumer["metadata"]>[0]): void {
    this.tree.setKind(stacks);
  }

  override function(f: Parameters<TraceConsumer["function"]>[0]): void {
    this.tree.addFunction(f);
  }

  override node(parent: number, functionNumber: number, line: number): void {
    this.tree.addNode(parent, functionNumber, line);
  }

  override baseBlock(address: number, size: number, _tag: number, node: number): void {
    this.#live.add(address, node, size, 0);
  }

  override allocate(address: number, size: number, _tag: number, node: number): void {
    this.#live.add(address, node, size, 0);
  }

  override free(address: number): void {
    this.#live.remove(address);
  }

  override resize(before: number, address: number, size: number, _tag: number, node: number): void {
    this.#live.remove(before);
    this.#live.add(address, node, size, 0);
  }

  override outgrown(before: number): void {
    this.#live.remove(before);
  }

  stackOf(block: number): number {
    return this.#live.find(block) ? this.#live.account : 0;
  }
}

/** The stacks of the blocks that are live at the end of a recording so far. */
export function stacksAtEnd(recorded: Iterable<Uint8Array>): BlockStacks {
  const stacks = new LiveStacks();
  readWholeTrace(recorded, "the recording", stacks);
  return stacks;
}
