// A module each of whose stores is a call of a function of the journal, which the module exports (core/ground/journal.ts):
//
//   i32.store offset=12      ->   i32.const 12   call $journal_i32_store
//   memory.copy              ->   call $journal_copy
//
// So only a shared heap pays for its journal, and the objects' code is written once. The functions of the journal stay as they are.

import { leb, signedLeb } from "../ground/wasm-binary.js";
import { editedModule, exportedFunctions, OPCODE } from "../ground/wasm-code.js";
import type { ObjectFunctions } from "./functions.gen.js";

/** The function that replaces each instruction. */
const BY_OPCODE: ReadonlyMap<number, keyof ObjectFunctions> = new Map([
  [0x36, "journal_i32_store"],
  [0x37, "journal_i64_store"],
  [0x38, "journal_f32_store"],
  [0x39, "journal_f64_store"],
  [0x3a, "journal_i32_store8"],
  [0x3b, "journal_i32_store16"],
  [0x3c, "journal_i64_store8"],
  [0x3d, "journal_i64_store16"],
  [0x3e, "journal_i64_store32"],
  [OPCODE.memoryCopy, "journal_copy"],
  [OPCODE.memoryFill, "journal_fill"],
]);

/** The same module, with a journal. */
export function withJournal(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const functions = exportedFunctions(bytes);
  const calls = new Map<number, readonly number[]>();
  const own = new Set<number>();
  for (const [opcode, name] of BY_OPCODE) {
    const f = functions.get(name);
    if (f === undefined) throw new TypeError(`Cannot make a journal: the module does not export ${name}`);
    calls.set(opcode, [OPCODE.call, ...leb(f)]);
    own.add(f);
  }
  return editedModule(bytes, {
    keeps: (f) => own.has(f),
    beginning: [],
    replaced(opcode, operands) {
      const call = calls.get(opcode);
      if (!call || opcode === OPCODE.memoryCopy || opcode === OPCODE.memoryFill) return call;
      operands.number(); // the alignment, which is only a hint
      return [OPCODE.i32Const, ...signedLeb(operands.number()), ...call];
    },
  });
}
