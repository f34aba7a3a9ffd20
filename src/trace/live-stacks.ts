// Where the blocks that are live at some moment of a recording were allocated: each has a stack.

import { TraceFeed } from "./feed.js";
import { BLOCK_HEADER, FILE_HEADER } from "./format.js";
import { LiveTable } from "./live-table.js";
import type { TraceConsumer } from "./reader.js";
import { StackTree } from "./tree.js";

/** The stacks of live blocks. */
export interface BlockStacks {
  readonly tree: StackTree;
  /** The node of the stack of the block at an address; 0 if it is not known. */
  stackOf(block: number): number;
}

const ignore = (): void => undefined;

class LiveStacks implements TraceConsumer, BlockStacks {
  readonly tree = new StackTree();
  readonly #live = new LiveTable();

  metadata({ stacks }: Parameters<TraceConsumer["metadata"]>[0]): void {
    this.tree.setKind(stacks);
  }

  function(f: Parameters<TraceConsumer["function"]>[0]): void {
    this.tree.addFunction(f);
  }

  node(parent: number, functionNumber: number, line: number): void {
    this.tree.addNode(parent, functionNumber, line);
  }

  baseBlock(address: number, size: number, _tag: number, node: number): void {
    this.#live.add(address, node, size, 0);
  }

  allocate(address: number, size: number, _tag: number, node: number): void {
    this.#live.add(address, node, size, 0);
  }

  free(address: number): void {
    this.#live.remove(address);
  }

  resize(before: number, address: number, size: number, _tag: number, node: number): void {
    this.#live.remove(before);
    this.#live.add(address, node, size, 0);
  }

  outgrown(before: number): void {
    this.#live.remove(before);
  }

  readonly baseGone = ignore;
  readonly others = ignore;
  readonly liveNow = ignore;
  readonly time = ignore;
  readonly reserved = ignore;
  readonly program = ignore;
  readonly collection = ignore;
  readonly account = ignore;
  readonly whole = ignore;

  stackOf(block: number): number {
    return this.#live.find(block) ? this.#live.account : 0;
  }
}

/** Cuts the bytes of a recording, in pieces of any size, as it was written: its header; each block's header, and its content. */
function* asWritten(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let waiting = new Uint8Array(0);
  let wanted = FILE_HEADER;
  let isHeader = false;
  for (const piece of pieces) {
    const joined = new Uint8Array(waiting.length + piece.length);
    joined.set(waiting);
    joined.set(piece, waiting.length);
    let at = 0;
    while (joined.length - at >= wanted) {
      const part = joined.subarray(at, at + wanted);
      at += wanted;
      yield part;
      wanted = isHeader ? new DataView(part.buffer, part.byteOffset).getUint32(4, true) : BLOCK_HEADER;
      isHeader = !isHeader;
    }
    waiting = joined.slice(at);
  }
}

/** The stacks of the blocks that are live at the end of a recording so far. */
export function stacksAtEnd(recorded: Iterable<Uint8Array>): BlockStacks {
  const stacks = new LiveStacks();
  const feed = new TraceFeed(stacks);
  for (const part of asWritten(recorded)) feed.push(part);
  return stacks;
}
