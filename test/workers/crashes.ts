// A worker that can be looked at while it is in the middle of anything: its modules say at each function and at each round of a loop that they
// have come there, and so do its atomic operations and what the host writes. Every store of the objects is a call of a function.
//
// At such a step a test makes a copy of the memory. Another worker that goes on with the copy finds what it would find if the first one had
// been terminated there.

import { bytesOfBase64 } from "../../src/core/base64.js";
import * as C from "../../src/core/constants.gen.js";
import { Words } from "../../src/core/memory-words.js";
import { sharedModuleOf } from "../../src/core/shared-module.js";
import { THREADS_BASE64 } from "../../src/core/threads.generated.js";
import { WHOLE_BASE64 } from "../../src/core/whole.generated.js";
import { leb } from "../../src/ground/wasm-binary.js";
import { editedModule, importedFunctions, OPCODE } from "../../src/ground/wasm-code.js";
import { Journal } from "../../src/heap/journal.js";
import type { HeapShare } from "../../src/index.js";

/** The same module, in which each function and each round of a loop calls `spill`. */
function inSteps(bytes: Uint8Array): WebAssembly.Module {
  const call = [OPCODE.call, ...leb(importedFunctions(bytes).indexOf("host.spill"))];
  const edited = editedModule(bytes, {
    keeps: () => false,
    beginning: call,
    replaced: (opcode, operands) => (opcode === OPCODE.loop ? [opcode, operands.byte(), ...call] : undefined),
  });
  return new WebAssembly.Module(edited);
}

const MODULES = {
  module: inSteps(bytesOfBase64(THREADS_BASE64)),
  objects: inSteps(sharedModuleOf(bytesOfBase64(WHOLE_BASE64))),
};

/** Bytes that an entry of the journal needs at most. */
const ENTRY = 48;

/** The same share, for a worker that makes steps. */
export function stepped(share: HeapShare): HeapShare {
  return { ...share, ...MODULES };
}

/** Runs something while each step of such a worker calls `step`. */
export function inEachStep<T>({ memory, base }: HeapShare, step: () => void, run: () => T): T {
  const journal = new Uint32Array(memory.buffer, base + C.JOURNAL_AT, 2);
  const isFull = () => base + C.ENTRIES_AT + C.ENTRIES_BYTES - (journal[1] as number) < ENTRY;
  const { Instance } = WebAssembly;
  const atomics = { ...Object.getOwnPropertyDescriptors(Atomics) };
  const { set } = Words.prototype;
  const { write, copy, clear } = Journal.prototype;
  class SteppedInstance extends Instance {
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports = {}) {
      const { host = {} } = imports;
      const spill = host.spill as () => void;
      const made = () => {
        step();
        if (isFull()) spill();
      };
      super(module, Object.values(MODULES).includes(module) ? { ...imports, host: { ...host, spill: made } } : imports);
    }
  }
  try {
    WebAssembly.Instance = SteppedInstance;
    for (const name of ["compareExchange", "exchange", "store", "add", "sub"] as const) {
      const run = Atomics[name] as (...args: unknown[]) => unknown;
      Object.defineProperty(Atomics, name, {
        ...atomics[name],
        value: (...args: unknown[]) => {
          step();
          const result = run(...args);
          step();
          return result;
        },
      });
    }
    Words.prototype.set = function (address, value) {
      step();
      set.call(this, address, value);
    };
    Journal.prototype.write = function (address, value) {
      step();
      write.call(this, address, value);
      step();
    };
    // Word by word, with a step between two of them.
    Journal.prototype.copy = function (to, from, count) {
      for (let at = 0; at < 4 * count; at += 4) {
        step();
        copy.call(this, to + at, from + at, 1);
      }
    };
    Journal.prototype.clear = function (address, count) {
      for (let at = 0; at < 4 * count; at += 4) {
        step();
        clear.call(this, address + at, 1);
      }
    };
    return run();
  } finally {
    WebAssembly.Instance = Instance;
    Object.defineProperties(Atomics, atomics);
    Words.prototype.set = set;
    Object.assign(Journal.prototype, { write, copy, clear });
  }
}

/** A copy of what workers share, as it was at a moment. */
export class Copy {
  readonly #memory: Uint8Array;
  readonly #spill: Uint8Array;

  constructor({ memory, spill }: HeapShare) {
    this.#memory = new Uint8Array(memory.buffer).slice();
    this.#spill = new Uint8Array(spill).slice();
  }

  equals(other: Copy): boolean {
    return Buffer.compare(this.#memory, other.#memory) === 0 && Buffer.compare(this.#spill, other.#spill) === 0;
  }

  /** What shares of the heap become, for those who go on with the copy. */
  opened(): (share: HeapShare) => HeapShare {
    const pages = this.#memory.length / 65536;
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536, shared: true });
    new Uint8Array(memory.buffer).set(this.#memory);
    const spill = new SharedArrayBuffer(this.#spill.length, { maxByteLength: 2 ** 30 });
    new Uint8Array(spill).set(this.#spill);
    return (share) => ({ ...share, memory, spill });
  }
}
