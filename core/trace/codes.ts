// Which function a code object is: from the object's address to the number that the host has for the function.
//
//   table: open addressing by address, a power of two long, at most a quarter full
//   entry: address | function
//
// The host is asked once for a code object, when it is first seen on the stack, and reads name, file and lines then. A code
// object whose block is freed leaves the table, so whatever lies at that address later is asked for anew; and the stack that was
// seen last is forgotten, since it may have been on it. Function 0 is one that stacks don't show. Invariant: every entry is reachable from its home without passing an empty one.
// Imports config, base, tracer.

import { base_calloc, base_free } from "../base";
import { INTERNAL } from "../config";
import { tracer } from "./tracer";

/** The host's number for the function whose code object is at `code`. */
@external("host", "traceCode")
declare function hostCode(code: usize): u32;

const ENTRY: usize = 8;
const FIRST_LENGTH: u32 = 4096;

@inline
function home(code: usize): u32 {
  return (<u32>code >> 3) * 0x9e3779b1 >> 8;
}

@inline
function at(index: u32): usize {
  return tracer().codes + <usize>(index & tracer().codeMask) * ENTRY;
}

/** The function of a code object. */
export function functionOf(code: usize): u32 {
  let index = home(code);
  while (load<usize>(at(index)) != 0) {
    if (load<usize>(at(index)) == code) return load<u32>(at(index), 4);
    index++;
  }
  return add(code);
}

function add(code: usize): u32 {
  const id = hostCode(code);
  if (!codes_makeRoom()) return id;
  tracer().codeCount++;
  enter(code, id);
  return id;
}

function enter(code: usize, id: u32): void {
  let index = home(code);
  while (load<usize>(at(index)) != 0) index++;
  store<usize>(at(index), code);
  store<u32>(at(index), id, 4);
}

/** There is room for one more; false, and the table as it was, if there is no memory for it. */
export function codes_makeRoom(): bool {
  const t = tracer();
  const before: u32 = t.codes == 0 ? 0 : t.codeMask + 1;
  if (t.codeCount * 4 < before) return true;
  const length: u32 = before == 0 ? FIRST_LENGTH : before * 2;
  const table = base_calloc(INTERNAL, length, ENTRY);
  if (table == 0) return false;
  const old = t.codes;
  t.codes = table;
  t.codeMask = length - 1;
  for (let k: u32 = 0; k < before; k++) {
    const entry = old + <usize>k * ENTRY;
    if (load<usize>(entry) != 0) enter(load<usize>(entry), load<u32>(entry, 4));
  }
  if (old != 0) base_free(INTERNAL, old);
  return true;
}

/** The block at `block` is freed: it is no code object any more, if it was one. */
@inline
export function forgetCode(block: usize): void {
  if (load<usize>(at(home(block))) != 0) forget(block);
}

function forget(block: usize): void {
  let index = home(block);
  while (load<usize>(at(index)) != block) {
    if (load<usize>(at(index)) == 0) return;
    index++;
  }
  tracer().codeCount--;
  tracer().depth = 0;
  // Those behind it move up, so that none is cut off from its home.
  const mask = tracer().codeMask;
  let hole = index;
  for (;;) {
    index++;
    const next = load<usize>(at(index));
    if (next == 0) break;
    if (((index - home(next)) & mask) < ((index - hole) & mask)) continue;
    store<u64>(at(hole), load<u64>(at(index)));
    hole = index;
  }
  store<u64>(at(hole), 0);
}
