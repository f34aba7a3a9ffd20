// WebAssembly's binary format, as far as several parts of the library read and write it: numbers, names, sections, imports.
//
//   module:   magic, version, then sections: id, size, content
//   import:   module, name, kind, and what the kind needs

/** Reads numbers and names, one after the other. Throws RangeError where the bytes end too early. */
export class Scanner {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    const value = this.at < this.end ? this.bytes[this.at++] : undefined;
    if (value === undefined) throw new RangeError("Cannot read the module: a section ends too early");
    return value;
  }

  /** An unsigned LEB128 number. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  name(): string {
    const length = this.number();
    const start = this.at;
    if (start + length > this.end) throw new RangeError("Cannot read the module: a name ends too late");
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(start, this.at));
  }

  /** The part of `length` bytes from here on. Reading continues after it. */
  part(length: number): Scanner {
    const part = new Scanner(this.bytes, this.at, Math.min(this.end, this.at + length));
    this.at += length;
    return part;
  }

  list<T>(read: () => T): T[] {
    return Array.from({ length: this.number() }, read);
  }
}

/** An unsigned number as LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest !== 0);
  return bytes;
}

/** A number of 32 bits as signed LEB128. */
export function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (byte & 64) === 0) || (rest === -1 && (byte & 64) !== 0)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

/** The bytes of the magic number and the version. */
export const HEADER_BYTES = 8;
export const SECTION = { custom: 0, type: 1, import: 2, function: 3, export: 7, element: 9, code: 10 } as const;
/** The kinds of imports and exports. */
export const IMPORT = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;
/** Bits of the limits of a table or a memory. */
export const LIMITS = { hasMaximum: 1, isShared: 2 } as const;

interface Section {
  readonly id: number;
  /** Where its id is. */
  readonly start: number;
  readonly content: Scanner;
}

/** The sections of a module, in order. */
export function* sectionsOf(bytes: Uint8Array): Generator<Section> {
  const scan = new Scanner(bytes, HEADER_BYTES);
  while (!scan.isAtEnd) {
    const start = scan.at;
    const id = scan.byte();
    yield { id, start, content: scan.part(scan.number()) };
  }
}

function passLimits(scan: Scanner): void {
  const flags = scan.byte();
  scan.number();
  if (flags & LIMITS.hasMaximum) scan.number();
}

/** Passes over what follows the kind of an import. */
export function passImport(scan: Scanner, kind: number): void {
  switch (kind) {
    case IMPORT.function:
      scan.number();
      break;
    case IMPORT.table:
      scan.byte();
      passLimits(scan);
      break;
    case IMPORT.memory:
      passLimits(scan);
      break;
    case IMPORT.global:
      scan.byte();
      scan.byte();
      break;
    case IMPORT.tag:
      scan.byte();
      scan.number();
      break;
  }
}
