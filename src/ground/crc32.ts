// CRC-32 (IEEE 802.3, as in zlib and PNG), four bytes at a step. Node's own function takes a fifth of the time, but has
// to be loaded first, which takes as long as the checksum of a megabyte.

type Crc = (bytes: Uint8Array, before: number) => number;

/** Node's own function is loaded after so many bytes. */
const WORTH_LOADING = 2 ** 20;

const TABLES = makeTables();

function makeTables(): readonly Int32Array[] {
  const tables = Array.from({ length: 4 }, () => new Int32Array(256));
  const [first = new Int32Array(256)] = tables;
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    first[byte] = value;
  }
  for (let byte = 0; byte < 256; byte++) {
    let value = first[byte] ?? 0;
    for (const table of tables.slice(1)) {
      value = (value >>> 8) ^ (first[value & 255] ?? 0);
      table[byte] = value;
    }
  }
  return tables;
}

let summed = 0;
let native: Crc | undefined;

/** The checksum of some bytes; `before` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  if (native) return native(bytes, before);
  summed += bytes.length;
  if (summed > WORTH_LOADING) native = nativeCrc() ?? ownCrc;
  return ownCrc(bytes, before);
}

/** The function of Node's zlib; undefined where there is none. */
function nativeCrc(): Crc | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return (process?.getBuiltinModule?.("node:zlib") as { crc32?: Crc } | undefined)?.crc32;
}

function ownCrc(bytes: Uint8Array, before: number): number {
  const [t0, t1, t2, t3] = TABLES as [Int32Array, Int32Array, Int32Array, Int32Array];
  let crc = ~before;
  let k = 0;
  for (const whole = bytes.length - 3; k < whole; k += 4) {
    crc ^=
      (bytes[k] as number) |
      ((bytes[k + 1] as number) << 8) |
      ((bytes[k + 2] as number) << 16) |
      ((bytes[k + 3] as number) << 24);
    crc =
      (t3[crc & 255] as number) ^
      (t2[(crc >>> 8) & 255] as number) ^
      (t1[(crc >>> 16) & 255] as number) ^
      (t0[crc >>> 24] as number);
  }
  for (; k < bytes.length; k++) crc = (t0[(crc ^ (bytes[k] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}
