// A batch: events that are to be summed up (core/sums/sums.ts), as words, in order. The tracer writes them, and the host
// copies them into the memory of the module that sums them up.
//
//   free      block
//   allocate  block | 1, size, site
//   resize    the old block | 2; the next record is of the kind allocate, and has the new block
//   time      3, microseconds since the last record of this kind, the platform's bytes in units of 64 KiB
//
// A block's address is a multiple of 8. A site is a stack and a domain: node << DOMAIN_BITS | domain.

/** The bits of a record's first word that say what it is. */
export const KIND: u32 = 7;
export const FREE: u32 = 0;
export const ALLOCATE: u32 = 1;
export const RESIZE: u32 = 2;
export const PASS: u32 = 3;

export const DOMAIN: u32 = 3;
export const DOMAIN_BITS: u32 = 2;

/** The most bytes of a batch. */
export const BATCH_BYTES: usize = 40960;
