// Addresses in a heap's linear memory, as a type of their own: a bare number is not one.

declare const brand: unique symbol;

/** An address in linear memory: an unsigned 32-bit integer, 0 is NULL. Only a heap makes them. */
export type Address = number & { readonly [brand]: "Address" };

/** No address: what the `PyMem_*` functions answer when there is no memory. */
export const NULL = 0 as Address;

/** The one conversion from what WebAssembly answers (a signed integer) to an address. */
export function toAddress(value: number): Address {
  return (value >>> 0) as Address;
}

/** An address as people write it: `0x1f40`. */
export function formatAddress(address: Address): string {
  return `0x${address.toString(16)}`;
}
