// The files that the linker is given beside those that were just compiled: object files, and archives of them. The linker
// takes more than makes sense here, so they are checked before.

import { existsSync, readFileSync } from "node:fs";
import { complaintAboutObject } from "./abi.js";
import { contentOf } from "./sections.js";
import type { TargetName } from "./target.js";

const ARCHIVE = "!<arch>\n";
const WASM = "\0asm";
/** An archive's members have a header in ASCII; its last field but one is the size of the content. */
const HEADER_BYTES = 60;
const SIZE_AT = 48;
const SIZE_DIGITS = 10;

/** The content of an archive's members: each begins at an even offset. */
function* membersOf(archive: Buffer): Generator<Buffer> {
  for (let at = ARCHIVE.length; at + HEADER_BYTES <= archive.length; ) {
    const size = Number(archive.toString("latin1", at + SIZE_AT, at + SIZE_AT + SIZE_DIGITS));
    if (!(size >= 0)) return;
    yield archive.subarray(at + HEADER_BYTES, at + HEADER_BYTES + size);
    at += HEADER_BYTES + size + (size % 2);
  }
}

function startsWith(bytes: Buffer, text: string): boolean {
  return bytes.toString("latin1", 0, text.length) === text;
}

/**
 * Why these files can't be linked to a module for a target; undefined if nothing is known that speaks against it. `areAll`
 * says that nothing else is linked.
 */
export function complaintAboutInputs(
  paths: readonly string[],
  areAll: boolean,
  target: TargetName,
): string | undefined {
  let modules = 0;
  for (const path of paths) {
    // The linker says what is missing.
    if (!existsSync(path)) continue;
    const bytes = readFileSync(path);
    const objects = startsWith(bytes, ARCHIVE) ? [...membersOf(bytes)] : [bytes];
    for (const object of objects.filter((object) => startsWith(object, WASM))) {
      if (contentOf(object, "dylink.0") !== undefined) {
        modules++;
        continue;
      }
      const wrong = complaintAboutObject(object, target);
      if (wrong !== undefined) return `${path} can't be used: ${wrong}`;
    }
  }
  if (!areAll || modules < paths.length) return undefined;
  return `${paths.join(", ")} ${modules === 1 ? "is a module" : "are modules"} already, and nothing else was named`;
}
