// The core's whole module over a memory that workers share. Only one worker at a time runs it, so it needs no atomic operation. But
// WebAssembly wants a module to say that the memory it imports is shared; and what a worker does must be undone if it is terminated
// (journaled-module.ts). So its bytes are changed here.

import { concatenated } from "../ground/bytes.js";
import { Remembered } from "../ground/remembered.js";
import { IMPORT, LIMITS, leb, passImport, Scanner, SECTION, sectionsOf } from "../ground/wasm-binary.js";
import { bytesOfBase64 } from "./base64.js";
import { withJournal } from "./journaled-module.js";
import { MOST_PAGES } from "./memory.js";
import { WHOLE_BASE64 } from "./whole.generated.js";

const compiled = new Remembered<string, WebAssembly.Module>();

/** The whole module, for a shared memory. */
export function sharedWholeModule(): Promise<WebAssembly.Module> {
  return compiled.get(WHOLE_BASE64, () => WebAssembly.compile(sharedModuleOf(bytesOfBase64(WHOLE_BASE64))));
}

/** The bytes of a module like the whole one, for a shared memory and with a journal. */
export function sharedModuleOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return withJournal(withSharedMemory(bytes));
}

/** The same module, with an imported memory that is shared. */
function withSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  for (const { id, start, content } of sectionsOf(bytes)) {
    if (id !== SECTION.import) continue;
    const first = content.at;
    const { from, to } = memoryLimits(content);
    const initial = new Scanner(bytes, from + 1).number();
    const limits = Uint8Array.from([LIMITS.hasMaximum | LIMITS.isShared, ...leb(initial), ...leb(MOST_PAGES)]);
    const head = Uint8Array.from([id, ...leb(content.end - first - (to - from) + limits.length)]);
    return concatenated([
      ...[bytes.subarray(0, start), head],
      ...[bytes.subarray(first, from), limits, bytes.subarray(to)],
    ]);
  }
  throw new TypeError("Cannot read the core's module: it imports nothing");
}

/** Where the limits of the imported memory are: a byte with bits of LIMITS, the initial size, maybe the maximum. `scan` is at the first import. */
function memoryLimits(scan: Scanner): { from: number; to: number } {
  for (let left = scan.number(); left > 0; left--) {
    scan.name();
    scan.name();
    const kind = scan.byte();
    const from = scan.at;
    passImport(scan, kind);
    if (kind === IMPORT.memory) return { from, to: scan.at };
  }
  throw new TypeError("Cannot read the core's module: it imports no memory");
}
