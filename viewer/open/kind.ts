// What a file is, by its first bytes: its name can be anything.

import { PYTHON_IMAGE_MAGIC } from "../../src/hosts/python/image/format.js";
import { MAGIC } from "../../src/trace/format.js";

export type FileKind = "trace" | "image" | "snapshot";

const IMAGE = Array.from(PYTHON_IMAGE_MAGIC, (letter) => letter.charCodeAt(0));
/** The number of bytes to look at. A snapshot is JSON without white space, so its first key is in them. */
const HEAD = 64;

/** Throws an error that names the file if it is none of those that can be shown. */
export async function kindOf(file: File): Promise<FileKind> {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const begins = (bytes: readonly number[]) => bytes.every((byte, k) => head[k] === byte);
  if (begins(MAGIC)) return "trace";
  if (begins(IMAGE)) return "image";
  if (/^\s*\{\s*"snapshot"/.test(new TextDecoder().decode(head))) return "snapshot";
  if (head.length === 0) throw new Error(`${file.name} is empty`);
  throw new Error(`${file.name} is not a trace, a heap snapshot, or an image of Python`);
}
