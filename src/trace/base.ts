// The sums of the interpreter's start, in a trace that does not have its events: every block that is live when the
// program begins, and by domain and size how many blocks had been freed before. All of them have one stack.
//
//   base    = node, gone, blocks
//   gone      count, then for each: domain, blocks, bytes in all
//   blocks    count, then for each, by address: the distance from the one before in units of 8 bytes, size, tag

import { BrokenContent, ByteReader, ByteWriter } from "./bytes.js";
import { TAG } from "./format.js";

/** The function that stands for the interpreter's start, of which there are no stacks. */
export const START = { name: "interpreter start", file: "", firstLine: 0 } as const;
/** Its node: the first of the recording. */
const START_NODE = 1;

const UNIT = 8;
const MOST = 2 ** 32;

/** Blocks of a domain and of about one size that were freed before the program began. */
export interface Gone {
  readonly domain: number;
  readonly count: number;
  readonly bytes: number;
}

/** A block that is live when the program begins. `tag` is the domain, and whether the block was cleared (TAG). */
export interface BaseBlock {
  readonly address: number;
  readonly size: number;
  readonly tag: number;
}

export interface Base {
  readonly gone: readonly Gone[];
  /** In the order of addresses. */
  readonly blocks: readonly BaseBlock[];
}

/** Takes the contents of a base. */
export interface BaseConsumer {
  /** `count` blocks of about `size` bytes, `bytes` in all, were allocated and freed before the program began. */
  baseGone(domain: number, size: number, count: number, bytes: number, node: number): void;
  /** A block is live when the program begins. */
  baseBlock(address: number, size: number, tag: number, node: number): void;
}

export function encodeBase({ gone, blocks }: Base): Uint8Array {
  const out = new ByteWriter();
  out.number(START_NODE);
  out.number(gone.length);
  for (const { domain, count, bytes } of gone) {
    for (const value of [domain, count, bytes]) out.number(value);
  }
  out.number(blocks.length);
  let before = 0;
  for (const { address, size, tag } of blocks) {
    out.number((address - before) / UNIT);
    out.number(size);
    out.number(tag);
    before = address;
  }
  return out.written;
}

/** A base that was encoded. Throws BrokenContent if its contents are not valid. */
export function decodeBase(content: Uint8Array): Base {
  const gone: Gone[] = [];
  const blocks: BaseBlock[] = [];
  readBase(content, {
    baseGone: (domain, _size, count, bytes) => void gone.push({ domain, count, bytes }),
    baseBlock: (address, size, tag) => void blocks.push({ address, size, tag }),
  });
  return { gone, blocks };
}

/** The parts of a base: its node, what was freed before the program began, and the number and the bytes of the blocks that were live. */
export interface BaseParts {
  readonly node: number;
  readonly gone: readonly Gone[];
  readonly count: number;
  readonly blocks: Uint8Array;
}

/** The parts of a base that was encoded. Their values may be impossible. */
export function partsOfBase(content: Uint8Array): BaseParts {
  const from = new ByteReader(content);
  const node = from.number();
  const gone: Gone[] = [];
  for (let left = from.number(); left > 0; left--) {
    gone.push({ domain: from.number(), count: from.number(), bytes: from.number() });
  }
  return { node, gone, count: from.number(), blocks: content.subarray(from.position) };
}

/** Passes the contents of a base to `to`. Throws BrokenContent if they are not valid. */
export function readBase(content: Uint8Array, to: BaseConsumer): void {
  const { node, gone, count: live, blocks } = partsOfBase(content);
  for (const { domain, count, bytes } of gone) {
    const size = Math.round(bytes / count);
    if (domain > TAG.domain || count === 0 || count >= MOST || size >= MOST)
      throw new BrokenContent("blocks of its base have no domain, or no size");
    to.baseGone(domain, size, count, bytes, node);
  }
  const from = new ByteReader(blocks);
  let address = 0;
  for (let left = live; left > 0; left--) {
    address += UNIT * from.number();
    const [size, tag] = [from.number(), from.number()];
    if (address >= MOST || size >= MOST || tag > (TAG.domain | TAG.cleared)) {
      throw new BrokenContent("a block of its base is in no memory, or has no size");
    }
    to.baseBlock(address, size, tag, node);
  }
}
