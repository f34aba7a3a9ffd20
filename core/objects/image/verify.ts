// Verification: proves that the memory of an image is a valid heap, whoever made it.
//
//   1  the fixed parts of the control block are written anew; then the allocators' own check runs: chunks, arenas, pools, free lists
//   2  the fixed parts of the objects' state are written anew: types, preallocated objects, words that are 0 between operations
//   3  every object that can be reached from the handles is found: its type is valid, its block and parts are large enough, and no other
//      object has them
//   4  the collector's lists, weak references and the interned strings have exactly these objects
//   5  every block in use has an owner; then the census finds no reference count that is too low, and check_heap() finds nothing wrong
//
// Words that are not verified yet may have any value. So every loop has a bound, and an address is read only if a block begins there. The host
// catches a trap, and then has no heap. Figures of types are counted anew on the way.

import { base_free, base_malloc } from "../../alloc/base";
import { publishMap } from "../../alloc/poolmap";
import { ARENAS_AT, CONTROL } from "../../ground/control";
import { INTERNAL } from "../../ground/domains.gen";
import { platform } from "../../ground/platform";
import { check_heap } from "../../hooks/walk";
import { pin, unpin } from "../compaction/census";
import { currentPass } from "../compaction/pass";
import { Bits, claim, claims_begin } from "./claims";
import { renewControl, renewState } from "./renew";
import { Verification } from "./verification";

// ---- the whole verification ----

function verifyObjects(v: Verification): void {
  v.findTypes();
  if (v.broken == 0) v.findHandles();
  if (v.broken == 0) v.followAll();
  if (v.broken == 0) v.followLists();
  if (v.broken == 0) v.followWeak();
  if (v.broken == 0) v.followInterned();
  if (v.broken == 0) v.inspectAll();
}

/**
 * The address of an object to which the census finds more references than its reference count says; 0 if there is none;
 * NO_MEMORY if there is no memory for a census.
 */
function miscounted(): usize {
  const c = currentPass();
  if (!c.begin()) return NO_MEMORY;
  pin(c);
  unpin(c);
  c.release();
  return c.broken;
}

/** The result of image_verify if there is no memory for it. */
export const NO_MEMORY: usize = ~0;

/**
 * Verifies that the memory from the control block up, which may have any content, is a heap. Returns 0 if it is; the
 * address of the first thing that is wrong; or NO_MEMORY if there is no memory to find out.
 */
export function image_verify(tableBase: u32): usize {
  if (!renewControl(tableBase)) return CONTROL;
  publishMap();
  const first = check_heap();
  if (first != 0) return <usize>first;
  if (!renewState()) return NO_MEMORY;
  const span = platform().brk - platform().base;
  const blocks = Bits.make(span);
  const objects = Bits.make(span);
  const shared = Bits.make(span);
  if (!blocks || !objects || !shared) return NO_MEMORY;
  const begun =
    claims_begin(blocks) && claim(blocks, changetype<usize>(objects), 0) && claim(blocks, changetype<usize>(shared), 0);
  if (!begun) return CONTROL + ARENAS_AT;
  const capacity = blocks.count;
  const v = changetype<Verification>(base_malloc(INTERNAL, offsetof<Verification>() + ((<usize>capacity) << 2)));
  if (changetype<usize>(v) == 0) return NO_MEMORY;
  v.blocks = blocks;
  v.objects = objects;
  v.shared = shared;
  v.row = changetype<usize>(v) + offsetof<Verification>();
  v.count = 0;
  v.capacity = capacity;
  v.broken = 0;
  v.findsTypes = false;
  verifyObjects(v);
  let broken = v.broken;
  if (broken == 0 && blocks.count != 0) broken = blocks.first;
  base_free(INTERNAL, changetype<usize>(v));
  shared.drop();
  objects.drop();
  blocks.drop();
  if (broken != 0) return broken;
  const low = miscounted();
  return low != 0 ? low : <usize>check_heap();
}
