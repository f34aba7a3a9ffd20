// The memory of the module that sums up a recording: it only grows, and tables are taken from it one after the other.

export const PAGE: usize = 65536;
/** Memory is taken in steps of 1 MiB. */
const STEP: usize = 16 * PAGE;

/** No memory was left for a table. */
export let failed: bool = false;
/** Memory that was taken, and is not used yet. */
export let spare: usize = 0;
let endOfSpare: usize = 0;

/** Takes `bytes` bytes of memory, a multiple of 32, which are 0. Returns 0 if there is no memory. */
export function take(bytes: usize): usize {
  if (endOfSpare - spare < bytes) {
    const step = max(STEP, (bytes + PAGE - 1) & ~(PAGE - 1));
    const pages = memory.grow(<i32>(step / PAGE));
    if (pages < 0) {
      failed = true;
      return 0;
    }
    const begin = <usize>pages * PAGE;
    if (begin != endOfSpare) spare = begin;
    endOfSpare = begin + step;
  }
  const at = spare;
  spare += bytes;
  return at;
}
