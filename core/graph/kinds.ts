// Kinds of nodes and of references, and flags of nodes: those of src/snapshot/graph.ts (a test compares them).

export const NODE_OBJECT: u32 = 1;
export const NODE_STRING: u32 = 2;

export const EDGE_ATTRIBUTE: u32 = 0;
export const EDGE_KEY: u32 = 1;
export const EDGE_INDEX: u32 = 2;
export const EDGE_CELL: u32 = 4;
export const EDGE_INTERNAL: u32 = 5;
export const EDGE_WEAK: u32 = 6;

export const FLAG_STATIC: u32 = 1;
export const FLAG_IMMORTAL: u32 = 2;
export const FLAG_SHARED: u32 = 8;

/** In place of a block's bytes: the object is in the static data of the program, which is in no block. */
export const STATIC: u64 = 1 << 32;

/** In place of the number of a field: it is not known which field it is. */
export const NO_FIELD: u32 = u32.MAX_VALUE;

// What loose_state says about an address: it is in no pool; or in a pool, and no loose block, or one, begins there.

export const NOT_POOLED = 0;
export const NOT_LOOSE = 1;
export const LOOSE_AT = 2;
