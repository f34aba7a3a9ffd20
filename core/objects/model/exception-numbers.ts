// Numbers of the exceptions that the core itself raises: their places in the table of exception types (exceptions.ts), which are
// those in the host's list of them (src/objects/exception-types.ts).

export const EXC_BASE: u32 = 0;
export const EXC_EXCEPTION: u32 = 1;
export const EXC_TYPE: u32 = 2;
export const EXC_STOP_ITERATION: u32 = 3;
export const EXC_RUNTIME: u32 = 4;
export const EXC_RECURSION: u32 = 5;
export const EXC_LOOKUP: u32 = 6;
export const EXC_INDEX: u32 = 7;
export const EXC_KEY: u32 = 8;
export const EXC_VALUE: u32 = 9;
export const EXC_UNICODE: u32 = 10;
export const EXC_UNICODE_ENCODE: u32 = 11;
export const EXC_UNICODE_DECODE: u32 = 12;
export const EXC_ARITHMETIC: u32 = 13;
export const EXC_OVERFLOW: u32 = 14;
export const EXC_ZERO_DIVISION: u32 = 15;
export const EXC_SYSTEM: u32 = 16;
export const EXC_REFERENCE: u32 = 17;
export const EXC_MEMORY: u32 = 18;
export const EXC_ATTRIBUTE: u32 = 19;
/** How many exceptions there can be. */
export const EXCEPTIONS: u32 = 80;
