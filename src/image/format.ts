// The bytes of a heap image: a header, metadata of the host, and the heap's memory as it was.
//
//   0   "PYHEAPIM"
//   8   version of this format            12  flags: 1, the memory is compressed (deflate)
//   16  bytes of the metadata             20  bytes of the memory           24  bytes that the memory takes in the image
//   28  CRC-32 of the core's module       32  checksum of the memory (8 bytes)
//   40  CRC-32 of the metadata            44  CRC-32 of the 44 bytes before it
//   48  metadata, JSON in UTF-8           then the memory, from the control block up
//
// All numbers are little-endian. The checksum of the memory is computed in pieces of CHECKED bytes (checksum.ts): it is
// the XXH64 of the last piece, with the checksum of all pieces before as the seed; 0 is the seed of the first piece. An
// image contains structures of the core, so it belongs to one build of the core; the module's checksum identifies that.

import { crc32 } from "../ground/crc32.js";
import { ImageError } from "../ground/errors.js";
import { isFieldType } from "../objects/handles/type-layout.js";
import type { SavedType } from "../objects/user-types.js";
import { parseMetadata } from "./metadata.js";

const IMAGE_VERSION = 1;
const MAGIC = "PYHEAPIM";
const HEADER = 48;
const COMPRESSED = 1;

export interface ImageMetadata {
  /** The address of the control block, and the table index of the core's first function. */
  readonly control: number;
  readonly tableBase: number;
  /** Names of roots, each with the number of its handle. */
  readonly roots: readonly (readonly [name: string, handle: number])[];
  readonly types: readonly SavedType[];
  /** The highest numbers of callbacks and types that were assigned. */
  readonly lastCallback: number;
  readonly lastType: number;
}

export interface ImageParts {
  readonly metadata: ImageMetadata;
  /** Bytes of the memory, from the control block up. */
  readonly size: number;
  readonly checksum: bigint;
  readonly isCompressed: boolean;
  /** The memory in the form in which the image has it. */
  readonly stored: Uint8Array;
}

/** Makes the image of these parts; `core` is the checksum of the module. */
export function encodeImage({ metadata, size, checksum, isCompressed, stored }: ImageParts, core: number): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(metadata));
  const image = new Uint8Array(HEADER + text.length + stored.length);
  const view = new DataView(image.buffer);
  new TextEncoder().encodeInto(MAGIC, image);
  const words = [IMAGE_VERSION, isCompressed ? COMPRESSED : 0, text.length, size, stored.length, core];
  words.forEach((word, k) => {
    view.setUint32(8 + 4 * k, word, true);
  });
  view.setBigUint64(32, checksum, true);
  view.setUint32(40, crc32(text), true);
  view.setUint32(44, crc32(image.subarray(0, 44)), true);
  image.set(text, HEADER);
  image.set(stored, HEADER + text.length);
  return image;
}

/** The parts of an image. Everything but the memory itself is checked. Throws ImageError. */
export function decodeImage(image: Uint8Array, core: number): ImageParts {
  const magic = new TextDecoder("latin1").decode(image.subarray(0, MAGIC.length));
  if (magic !== MAGIC.slice(0, image.length)) throw new ImageError("it does not begin like an image");
  if (image.length < HEADER) throw new ImageError(`it ends after ${image.length} bytes, in the header`);
  const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
  const word = (at: number) => view.getUint32(at, true);
  if (word(44) !== crc32(image.subarray(0, 44))) throw new ImageError("its header is broken (checksum at byte 44)");
  const version = word(8);
  if (version !== IMAGE_VERSION) {
    throw new ImageError(`it has version ${version} of the format, and this pyheap knows version ${IMAGE_VERSION}`);
  }
  if (word(28) !== core) throw new ImageError("another build of pyheap made it; make it again with this one");
  const [textBytes, size, storedBytes] = [word(16), word(20), word(24)];
  const whole = HEADER + textBytes + storedBytes;
  if (image.length !== whole) {
    const cut = image.length < whole ? "it is cut off" : "there is data after its end";
    throw new ImageError(`${cut}: ${image.length} bytes instead of ${whole}`);
  }
  const text = image.subarray(HEADER, HEADER + textBytes);
  if (word(40) !== crc32(text))
    throw new ImageError(`its metadata is broken (checksum of bytes ${HEADER} to ${HEADER + textBytes})`);
  const isCompressed = (word(12) & COMPRESSED) !== 0;
  if (!isCompressed && size !== storedBytes)
    throw new ImageError(`it has ${storedBytes} bytes of memory instead of ${size}`);
  return {
    metadata: readMetadata(new TextDecoder().decode(text)),
    size,
    checksum: view.getBigUint64(32, true),
    isCompressed,
    stored: image.subarray(HEADER + textBytes),
  };
}

/** More callbacks or types than a heap can have had. */
const MOST = 2 ** 31;
const FUNCTIONS = new Set(["finalize", "dealloc"]);

function readMetadata(text: string): ImageMetadata {
  const metadata = parseMetadata<ImageMetadata>(text);
  const isNumber = (value: unknown, end = 2 ** 32) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
  const isPair = (value: unknown, second: (value: unknown) => boolean) =>
    Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && second(value[1]);
  const { control, tableBase, roots, types, lastCallback, lastType } = metadata;
  const isType = (type: Partial<SavedType> | null) =>
    type !== null &&
    typeof type === "object" &&
    isNumber(type.hostId) &&
    typeof type.name === "string" &&
    Array.isArray(type.fields) &&
    type.fields.every((field) => isPair(field, isFieldType)) &&
    (type.items === null || isFieldType(type.items)) &&
    Array.isArray(type.functions) &&
    type.functions.every((name) => FUNCTIONS.has(name));
  if (
    ![control, tableBase].every((value) => isNumber(value)) ||
    // The highest numbers are reserved: a program's types never have them.
    ![lastCallback, lastType].every((value) => isNumber(value, MOST)) ||
    !Array.isArray(roots) ||
    !roots.every((root) => isPair(root, (handle) => isNumber(handle))) ||
    !Array.isArray(types) ||
    !types.every(isType)
  ) {
    throw new ImageError("its metadata is not valid");
  }
  return metadata as ImageMetadata;
}
