// Writes rows of a snapshot's graph as V8's format has them: a comma before each number, and a line for each row.
// This is a separate module with its own memory: the host copies a few hundred rows of a graph's columns into it, and takes
// their text.
//
//   columns   of nodes: kinds, types, values, sizes, ids, flags, firstEdge, stacks
//             of edges: kinds, names, targets                                        in the same places
//             of buffers: their owners (targets), addresses (names)
//   text      of these rows: a number has a comma and at most 10 digits, and a row at most 9 numbers

/** How many rows are written at a time. */
export const ROWS: i32 = 512;
const NODE_NUMBERS: i32 = 9;
const LONGEST_NUMBER: i32 = 11;
const KINDS: i32 = 8;

/** V8's numbers for the kinds of nodes and of edges. */
export const nodeTypes = memory.data(KINDS);
export const edgeTypes = memory.data(KINDS);
export const kinds = memory.data(ROWS);
export const flags = memory.data(ROWS);
export const types = memory.data(4 * ROWS, 4);
export const values = memory.data(4 * ROWS, 4);
export const sizes = memory.data(4 * ROWS, 4);
export const ids = memory.data(4 * ROWS, 4);
/** One element more than there are rows: the last row's end. */
export const firstEdge = memory.data(4 * ROWS + 4, 4);
/** The stack of each node, as its number in the tree; 0 if it is not known. In the format, 1 is the root, and the stack n has the number n + 1. */
export const stacks = memory.data(4 * ROWS, 4);
export const names = types;
export const targets = values;
export const text = memory.data(ROWS * (LONGEST_NUMBER * NODE_NUMBERS + 1));

/** The kind of a node whose name is its value. */
const STRING: u32 = 2;
const ZERO: u32 = 48;
const COMMA: u32 = 44;
const NEWLINE: u32 = 10;

/** The end of the text. */
let end: usize = 0;

@inline
function digitsOf(value: u32): u32 {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 100000000) return value < 1000000 ? (value < 100000 ? 5 : 6) : value < 10000000 ? 7 : 8;
  return value < 1000000000 ? 9 : 10;
}

/** Two digits, as two characters. */
@inline
function pair(value: u32): u32 {
  const tens = (value * 205) >> 11;
  return 0x3030 + tens + ((value - 10 * tens) << 8);
}

/** Writes a comma and a number. Most numbers have one digit. */
@inline
function write(value: u32): void {
  if (value >= 10) return writeLong(value);
  store<u16>(end, COMMA | ((ZERO + value) << 8));
  end += 2;
}

function writeLong(value: u32): void {
  store<u8>(end, COMMA);
  let rest = value;
  let at = end + 1 + digitsOf(value);
  end = at;
  while (rest >= 100) {
    const hundreds = rest / 100;
    at -= 2;
    store<u16>(at, pair(rest - 100 * hundreds));
    rest = hundreds;
  }
  if (rest >= 10) store<u16>(at - 2, pair(rest));
  else store<u8>(at - 1, ZERO + rest);
}

/** Writes `count` nodes. Returns the length of the text. It begins with a comma, and ends with a newline. */
export function rows_nodes(count: u32): u32 {
  end = text;
  let edge = load<u32>(firstEdge);
  for (let k: u32 = 0; k < count; k++) {
    const at = <usize>k * 4;
    const kind = <u32>load<u8>(kinds + k);
    const type = load<u32>(types + at);
    const value = load<u32>(values + at);
    const next = load<u32>(firstEdge + at, 4);
    // V8 shows the name of a string node as its value.
    const isString = kind == STRING;
    write(load<u8>(nodeTypes + kind));
    write(isString ? value : type);
    write(load<u32>(ids + at));
    write(load<u32>(sizes + at));
    write(next - edge);
    const stack = load<u32>(stacks + at);
    write(stack == 0 ? 0 : stack + 1);
    write(0);
    write(isString ? type : value);
    write(load<u8>(flags + k));
    store<u8>(end++, NEWLINE);
    edge = next;
  }
  return <u32>(end - text);
}

/** Writes `count` edges. Returns the length of the text. It begins with a comma, and ends with a newline. */
export function rows_edges(count: u32): u32 {
  end = text;
  for (let k: u32 = 0; k < count; k++) {
    const at = <usize>k * 4;
    write(load<u8>(edgeTypes + load<u8>(kinds + k)));
    write(load<u32>(names + at));
    // An edge names its target by the place of the target's first number.
    write(load<u32>(targets + at) * <u32>NODE_NUMBERS);
    store<u8>(end++, NEWLINE);
  }
  return <u32>(end - text);
}

/** Writes `count` buffers, like edges. */
export function rows_buffers(count: u32): u32 {
  end = text;
  for (let k: u32 = 0; k < count; k++) {
    const at = <usize>k * 4;
    write(load<u32>(targets + at) * <u32>NODE_NUMBERS);
    write(load<u32>(names + at));
    store<u8>(end++, NEWLINE);
  }
  return <u32>(end - text);
}
