// Errors, as classes with fields and with a message that names what is wrong, and where.

import { type Address, formatAddress } from "./address.js";

/** What an error says. What was thrown may be anything. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A domain of allocation: CPython's PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ. */
export type DomainName = "raw" | "mem" | "object";

/** The owner of a block: a domain of Python, or the C library's malloc. */
export type BlockOwner = DomainName | "native";

/** There is no memory for a request, or it would exceed the limit. The heap is unchanged. */
export class MemoryError extends Error {
  override readonly name = "MemoryError";
  /** Bytes that were asked for; 0 if a module in C raised the error itself. */
  readonly requested: number;

  constructor(requested: number, why: string, message?: string) {
    super(message ?? `Cannot allocate${requested === 0 ? "" : ` ${requested} bytes`}: ${why}`);
    this.requested = requested;
  }
}

export type FaultKind =
  | "underflow"
  | "overflow"
  | "double free"
  | "write after free"
  | "wrong domain"
  | "not a block"
  | "realloc of freed block";

/** What the heap knows about a misuse of memory. Most of it is known only with debug hooks. */
export interface Fault {
  readonly kind: FaultKind;
  readonly address: Address;
  /** Domain through which the faulty call came. */
  readonly calledDomain: BlockOwner;
  /**
   * Where in the program the faulty call is; undefined if that is not known, as for an overflow, which is found later.
   */
  readonly calledAt?: string;
  /** The block's own domain, size in bytes and serial number; undefined if the address is not a block. */
  readonly domain?: BlockOwner;
  readonly size?: number;
  readonly serial?: number;
  /** Offset in bytes, from the block, of the first wrong byte. */
  readonly offset?: number;
  /** Where in the program the block was allocated, and freed. */
  readonly allocatedAt?: string;
  readonly freedAt?: string;
  /** A block that another heap has at this address, if the address is not a block here. */
  readonly elsewhere?: { readonly domain: BlockOwner; readonly size: number; readonly allocatedAt?: string };
}

/** The names of a domain's functions in messages. */
const FAMILIES: Readonly<Record<BlockOwner, string>> = {
  raw: "PyMem_Raw*",
  mem: "PyMem_*",
  object: "PyObject_*",
  native: "malloc, free (the C library's)",
};

/** Memory was misused, and the heap noticed it: the debug hooks, or the raw allocator. The faulty call did nothing. */
export class HeapFault extends Error {
  override readonly name = "HeapFault";
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(describeFault(fault));
    this.fault = fault;
  }
}

/** One sentence on a fault, and a line each on where its block was allocated and freed. */
export function describeFault(fault: Fault): string {
  const at = formatAddress(fault.address);
  const lines = [`${what(fault, at)}`];
  if (fault.domain !== undefined) {
    lines.push(`  block ${at}: ${fault.size} bytes, domain ${fault.domain}, serial number ${fault.serial}`);
  }
  if (fault.allocatedAt) lines.push(`  allocated at ${fault.allocatedAt}`);
  if (fault.freedAt) lines.push(`  freed at ${fault.freedAt}`);
  if (fault.calledAt) lines.push(`  called at ${fault.calledAt}`);
  if (fault.elsewhere) {
    const { domain, size, allocatedAt } = fault.elsewhere;
    lines.push(`  another heap has a block there: ${size} bytes, domain ${domain}`);
    if (allocatedAt) lines.push(`  allocated at ${allocatedAt}`);
  }
  return lines.join("\n");
}

function what(fault: Fault, at: string): string {
  const { offset = 0, size = 0 } = fault;
  switch (fault.kind) {
    case "underflow":
      return `Buffer underflow: byte ${offset} before the block ${at} was overwritten`;
    case "overflow":
      return `Buffer overflow: byte ${offset - size} after the end of the block ${at} was overwritten`;
    case "double free":
      return `Cannot free ${at}: already freed`;
    case "write after free":
      return `Write after free: byte ${offset} of the freed block ${at} was overwritten`;
    case "wrong domain":
      return `Cannot free or resize ${at} with ${FAMILIES[fault.calledDomain]}: allocated with ${FAMILIES[fault.domain ?? "raw"]}`;
    case "not a block":
      return `Cannot free or resize ${at} with ${FAMILIES[fault.calledDomain]}: no block starts there`;
    case "realloc of freed block":
      return `Cannot resize ${at}: already freed`;
  }
}

/** `Heap.check()` found a broken structure of the heap: other code overwrote its memory, or pyheap has a bug. */
export class HeapCorruption extends Error {
  override readonly name = "HeapCorruption";
  readonly address: Address;

  constructor(structure: string, address: Address) {
    super(`The heap is corrupt: ${structure} at ${formatAddress(address)} breaks its invariants`);
    this.address = address;
  }
}

/** The core used a number that its host does not know: pyheap has a bug, or core and host are of different builds. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: number;

  constructor(what: string, code: number) {
    super(`Internal error: the core reported ${what} number ${code}, which is not known`);
    this.code = code;
  }
}

/** An image can't be loaded: it is broken, incomplete, or of another version. */
export class ImageError extends Error {
  override readonly name = "ImageError";

  constructor(what: string) {
    super(`Cannot load the heap image: ${what}`);
  }
}
