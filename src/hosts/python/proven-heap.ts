// Proves that the memory of an image has a valid heap, before anything uses it. Somebody may have changed the image, and
// its checksum.
//
//   control block     its functions are the host's malloc and the core's own; nothing is in front of the allocators
//   structures        check() finds no fault
//
// The rest of the memory is CPython's, and nothing proves that it is valid: an image is code.

import { DOMAIN_NUMBERS } from "../../alloc/hooks.js";
import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import { ImageError, messageOf } from "../../ground/errors.js";

/** The host's functions that the core calls, and where the core has their table indices. */
export const HOST_FUNCTIONS = [
  ["malloc", C.HOST_MALLOC_AT],
  ["realloc", C.HOST_REALLOC_AT],
  ["free", C.HOST_FREE_AT],
  ["malloc_usable_size", C.HOST_USABLE_SIZE_AT],
  ["malloc_footprint", C.HOST_FOOTPRINT_AT],
  ["malloc_set_footprint_limit", C.HOST_SET_FOOTPRINT_LIMIT_AT],
] as const;

/** Table indices of four functions: malloc, calloc, realloc, free. */
const four = (first: number) => [0, 1, 2, 3].map((k) => first + k);

/**
 * Throws ImageError unless the memory has a valid heap at the core's control block. `firstEntry` is the table index of the first of the
 * host's functions, and `check` throws an error if a structure of the heap is broken.
 */
export function proveHeap(core: Core, firstEntry: number, check: () => void): void {
  try {
    proveControl(core, firstEntry);
    check();
  } catch (error) {
    throw new ImageError(`its heap is broken: ${messageOf(error)}`);
  }
}

function proveControl({ control, functions, memory, tableBase }: Core, firstEntry: number): void {
  const words = new Words({ memory });
  const expect = (what: string, at: number, expected: readonly (number | undefined)[]) => {
    const isOther = expected.some((word, k) => word !== undefined && words.get(at + 4 * k) !== word);
    if (isOther) throw new Error(what);
  };
  expect("it does not begin like a heap", control + C.MAGIC_AT, [C.MAGIC]);
  expect("it has other structures", control + C.LAYOUT_VERSION_AT, [C.LAYOUT_VERSION]);
  expect("its functions are elsewhere", control + C.TABLE_BASE_AT, [tableBase]);
  expect("it is of another kind", control + C.PLATFORM_KIND_AT, [C.HOST]);
  expect("debug hooks are in it", control + C.HOOKS_INSTALLED_AT, [0]);
  HOST_FUNCTIONS.forEach(([name, at], k) => {
    const isLeftOut = at === C.HOST_USABLE_SIZE_AT && words.get(control + at) === 0;
    if (!isLeftOut) expect(`${name} is another function`, control + at, [firstEntry + k]);
  });
  const scratch = control + C.SCRATCH_AT;
  const own = {
    raw: [C.RAW, C.HOSTED_FUNCTIONS],
    mem: [control + C.SMALL_MEM_AT, C.SMALL_FUNCTIONS],
    object: [control + C.SMALL_OBJECT_AT, C.SMALL_FUNCTIONS],
  } as const;
  for (const [name, [context, first]] of Object.entries(own)) {
    functions.PyMem_GetAllocator(DOMAIN_NUMBERS[name as keyof typeof own], scratch);
    expect(`the allocator of domain ${name} is another one`, scratch, [context, ...four(tableBase + first)]);
  }
  functions.PyObject_GetArenaAllocator(scratch);
  const arena = tableBase + C.ARENA_FUNCTIONS;
  expect("arenas come from elsewhere", scratch, [undefined, arena, arena + 1]);
}
