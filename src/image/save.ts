// Saving: from a heap to the bytes of an image. The heap itself does not change.
//
// A copy of the memory, with its own core, is made small: only the handles of roots are kept, garbage is collected, and
// objects are moved together. The image is what is then below the copy's break. Finally the roots are released in the
// copy as well: anything that remains is not an object that roots lead to, and can't be saved.

import * as C from "../core/constants.gen.js";
import { memoryFor } from "../core/memory.js";
import { Words } from "../core/memory-words.js";
import { instantiateWhole, type WholeCore } from "../core/whole-core.js";
import { toAddress } from "../ground/address.js";
import { HeapCorruption, MemoryError } from "../ground/errors.js";
import { ObjectCalls } from "../objects/object-calls.js";
import { NO_LIMIT } from "../pressure/policy.js";
import { checksumOf } from "./checksum.js";
import type { ImageMetadata, ImageParts } from "./format.js";

/** Makes the parts of an image of the heap as it is now. Throws if something in the heap can't be in an image. */
export function takeImage(core: WholeCore, metadata: ImageMetadata): ImageParts {
  const copy = copyOf(core);
  const { functions: f, control } = copy;
  const words = new Words(copy);
  const reserved = () => words.get(control + C.RESERVED_AT);
  for (const { hostId } of metadata.types) f.set_type_functions(hostId, 0, 0);
  if (f.image_forget() === 0) throw cannotSave("it has objects that modules in C defined");
  const roots = new Set(metadata.roots.map(([, handle]) => handle));
  releaseHandles(copy, (handle) => !roots.has(handle));
  f.gc_collect(2);
  f.image_forget_api();
  makeSmall(copy);
  f.image_restart();
  const size = reserved();
  const checksum = checksumOf(copy, size);
  const stored = new Uint8Array(copy.memory.buffer, control, size).slice();
  releaseHandles(copy, () => true);
  f.gc_collect(2);
  f.objects_relieve();
  f.relieve_heap();
  const left = words.get(control + C.LARGE_AT) - words.get(control + C.LARGE_BYTES_AT + 4 * C.INTERNAL);
  const pools = words.get(control + C.POOLS_AT);
  if (left !== 0 || pools !== 0) {
    const what = `${left === 0 ? "small" : `${left} bytes of`} blocks`;
    throw cannotSave(
      `it has ${what} that are not objects (heap.malloc, typed blocks), or objects that another module refers to`,
    );
  }
  return { metadata, size, checksum, isCompressed: false, stored };
}

/** @internal */
export function cannotSave(why: string): Error {
  return new Error(`Cannot save the heap: ${why}`);
}

/** A core over a copy of the memory. Its calls to the host do nothing. */
function copyOf({ module, control, memory, tableBase }: WholeCore): WholeCore {
  const bytes = control + new DataView(memory.buffer).getUint32(control + C.RESERVED_AT, true);
  const copy = memoryFor(bytes);
  new Uint8Array(copy.buffer).set(new Uint8Array(memory.buffer, control, bytes - control), control);
  const words = new Words({ memory: copy });
  words.set(control + C.LIMIT_AT, NO_LIMIT);
  words.set(control + C.WATERMARK_AT, NO_LIMIT);
  words.set(control + C.LOW_MARK_AT, 0);
  const table = new WebAssembly.Table({ element: "anyfunc", initial: tableBase });
  return instantiateWhole(module, copy, table, control, new ObjectCalls());
}

function releaseHandles({ functions: f }: WholeCore, which: (handle: number) => boolean): void {
  for (let handle = f.next_handle(0); handle !== 0; handle = f.next_handle(handle)) {
    if (which(handle)) f.handle_release(handle);
  }
}

/** Collects garbage, and moves all live objects together. */
function makeSmall({ functions: f }: WholeCore): void {
  f.objects_relieve();
  f.relieve_heap();
  const answer = f.compact_objects();
  if (answer === C.BROKEN) throw new HeapCorruption("the reference count of an object", toAddress(f.broken_object()));
  if (answer !== C.COMPACTED) {
    throw new MemoryError(0, "", "Cannot save the heap: there is no memory to compact the image's objects");
  }
  f.objects_relieve();
  f.relieve_heap();
}
