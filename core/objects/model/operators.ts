// Numbers of the binary operators, for number.ts, for errors that name one, and for the host.

export const ADD: i32 = 0;
export const SUB: i32 = 1;
export const MUL: i32 = 2;
export const TRUEDIV: i32 = 3;
export const FLOORDIV: i32 = 4;
export const MOD: i32 = 5;
export const POW: i32 = 6;
export const LSHIFT: i32 = 7;
export const RSHIFT: i32 = 8;
export const AND: i32 = 9;
export const OR: i32 = 10;
export const XOR: i32 = 11;
/** For errors only: no built-in type has an @, and divmod() is two operators. */
export const DIVMOD: i32 = 12;
export const MATMUL: i32 = 13;
