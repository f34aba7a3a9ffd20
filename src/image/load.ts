// Loading: from the bytes of an image to a core over a memory with the image's content. If anything is wrong, there is
// no core.

import * as C from "../core/constants.gen.js";
import { memoryFor, WASM_PAGE } from "../core/memory.js";
import { instantiateWhole, type WholeCore } from "../core/whole-core.js";
import { formatAddress, toAddress } from "../ground/address.js";
import { ImageError, messageOf } from "../ground/errors.js";
import { ObjectCalls } from "../objects/object-calls.js";
import { CHECKED } from "./checksum.js";
import { decodeImage, type ImageMetadata } from "./format.js";
import { decompress } from "./stream.js";

export interface LoadedImage {
  readonly core: WholeCore;
  readonly calls: ObjectCalls;
  readonly metadata: ImageMetadata;
}

/** Makes the memory of an image the memory of a heap. Throws ImageError. */
export async function loadImage(
  image: Uint8Array,
  module: WebAssembly.Module,
  moduleChecksum: number,
  verify: boolean,
): Promise<LoadedImage> {
  const { metadata, size, checksum, isCompressed, stored } = decodeImage(image, moduleChecksum);
  const { control, tableBase } = metadata;
  if (
    control % WASM_PAGE !== 0 ||
    control === 0 ||
    control + size > 2 ** 32 ||
    tableBase === 0 ||
    tableBase > 2 ** 20
  ) {
    throw new ImageError("its metadata is not valid");
  }
  const bytes = isCompressed ? await decompress(stored, size) : stored;
  const memory = memoryOf(control + size);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: tableBase });
  const calls = new ObjectCalls();
  const core = instantiateWhole(module, memory, table, control, calls);
  if (copyIn(bytes, core) !== checksum) {
    throw new ImageError("its memory is broken (its checksum does not match)");
  }
  const reserved = new DataView(memory.buffer).getUint32(control + C.RESERVED_AT, true);
  if (reserved !== size) throw new ImageError(`it has ${size} bytes of memory, and the heap in it ${reserved}`);
  if (verify) verifyCore(core);
  return { core, calls, metadata };
}

function memoryOf(bytes: number): WebAssembly.Memory {
  try {
    return memoryFor(bytes);
  } catch {
    throw new ImageError(`there is no memory of ${bytes} bytes for it`);
  }
}

/** Throws ImageError if the memory, which may have any content, is not a heap. */
function verifyCore({ functions, tableBase }: WholeCore): void {
  let broken: number;
  try {
    broken = functions.image_verify(tableBase) >>> 0;
  } catch (error) {
    // After a trap, this core must not be used any more. It was not given to anybody yet.
    throw new ImageError(`its memory is not a valid heap (${messageOf(error)})`);
  }
  if (broken === C.IMAGE_NO_MEMORY) throw new ImageError("there is no memory to verify it");
  if (broken !== 0)
    throw new ImageError(`its memory is not a valid heap: wrong at ${formatAddress(toAddress(broken))}`);
}

/** Copies the bytes to where the heap begins, and returns their checksum. */
function copyIn(bytes: Uint8Array, { memory, control, functions }: WholeCore): bigint {
  const target = new Uint8Array(memory.buffer);
  let checksum = 0n;
  for (let at = 0; at < bytes.length; at += CHECKED) {
    const part = bytes.subarray(at, at + CHECKED);
    target.set(part, control + at);
    checksum = functions.memory_checksum(control + at, part.length, checksum);
  }
  return BigInt.asUintN(64, checksum);
}
