// Numbers of <errno.h>, and posix_memalign, which returns them. The numbers are WASI's, which Emscripten uses, too.

export const EINVAL: i32 = 28;
export const ENOMEM: i32 = 48;

/** Whether posix_memalign takes an alignment: a power of two from 4 up. */
@inline
export function isPosixAlignment(alignment: usize): bool {
  return popcnt(alignment) == 1 && alignment >= sizeof<usize>();
}

/** Stores the address of a block at `target`, as posix_memalign does. Returns 0, or ENOMEM if there is no block. */
@inline
export function placed(target: usize, block: usize): i32 {
  if (block == 0) return ENOMEM;
  store<usize>(target, block);
  return 0;
}
