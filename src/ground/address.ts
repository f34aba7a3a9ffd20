// Addresses in a heap's linear memory, as their own type: a plain number is not an address.

declare const brand: unique symbol;

/** An address in linear memory: an unsigned 32-bit integer; 0 is NULL. Only a heap makes addresses. */
export type Address = number & { readonly [brand]: "Address" };

/** NULL: the `PyMem_*` functions return it when there is no memory. */
export const NULL = 0 as Address;

/** The only conversion of what WebAssembly returns (a signed integer) to an address. */
export function toAddress(value: number): Address {
  return (value >>> 0) as Address;
}

/** An address as people write it: `0x1f40`. */
export function formatAddress(address: Address): string {
  return `0x${address.toString(16)}`;
}
