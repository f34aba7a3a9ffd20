// WebAssembly's instructions, as far as one must know them to walk through the code of a module, and to change it: what follows each opcode.

import { concatenated } from "./bytes.js";
import { IMPORT, leb, passImport, Scanner, SECTION, sectionsOf } from "./wasm-binary.js";

/** Some instructions begin with one of these bytes, and have a second opcode; here it is added to a number. */
const PREFIXES: ReadonlyMap<number, number> = new Map([
  [0xfc, 0x100],
  [0xfe, 0x200],
]);
const WIDE = 0x100;
const ATOMIC = 0x200;

export const OPCODE = { loop: 0x03, call: 0x10, i32Const: 0x41, memoryCopy: WIDE + 10, memoryFill: WIDE + 11 } as const;

/** What follows an opcode: a letter for each number of LEB128 (n) or byte (b); v is a list of numbers, t a table of branches. */
const FOLLOWING: readonly (readonly [first: number, last: number, what: string])[] = [
  [0x00, 0x01, ""],
  // block, loop, if: a type
  [0x02, 0x04, "n"],
  [0x05, 0x05, ""],
  [0x0b, 0x0b, ""],
  [0x0c, 0x0d, "n"],
  [0x0e, 0x0e, "t"],
  [0x0f, 0x0f, ""],
  [0x10, 0x10, "n"],
  [0x11, 0x11, "nn"],
  [0x1a, 0x1b, ""],
  [0x1c, 0x1c, "v"],
  [0x20, 0x26, "n"],
  // loads and stores: alignment and offset
  [0x28, 0x3e, "nn"],
  [0x3f, 0x40, "b"],
  [0x41, 0x42, "n"],
  [0x43, 0x43, "bbbb"],
  [0x44, 0x44, "bbbbbbbb"],
  [0x45, 0xc4, ""],
  [0xd0, 0xd0, "b"],
  [0xd1, 0xd1, ""],
  [0xd2, 0xd2, "n"],
  [WIDE, WIDE + 7, ""],
  [WIDE + 10, WIDE + 10, "bb"],
  [WIDE + 11, WIDE + 11, "b"],
  [ATOMIC, ATOMIC + 2, "nn"],
  [ATOMIC + 3, ATOMIC + 3, "b"],
  [ATOMIC + 16, ATOMIC + 78, "nn"],
];

const BY_OPCODE = new Map(
  FOLLOWING.flatMap(([first, last, what]) =>
    Array.from({ length: last - first + 1 }, (_, k) => [first + k, what] as const),
  ),
);

/** Reads an opcode. */
function opcodeAt(scan: Scanner): number {
  const opcode = scan.byte();
  const wide = PREFIXES.get(opcode);
  return wide === undefined ? opcode : wide + scan.number();
}

/** Passes over what follows an opcode. Throws if the opcode is not known. */
function passOperands(scan: Scanner, opcode: number): void {
  const what = BY_OPCODE.get(opcode);
  if (what === undefined)
    throw new TypeError(`Cannot read the code of a module: unknown opcode 0x${opcode.toString(16)}`);
  for (const kind of what) {
    if (kind === "b") scan.byte();
    else if (kind === "n") scan.number();
    else for (let left = scan.number() + (kind === "t" ? 1 : 0); left > 0; left--) scan.number();
  }
}

/** The functions that a module imports, by number: module and name, with a dot between them. */
export function importedFunctions(bytes: Uint8Array): string[] {
  const names: string[] = [];
  for (const { id, content } of sectionsOf(bytes)) {
    if (id !== SECTION.import) continue;
    for (let left = content.number(); left > 0; left--) {
      const name = `${content.name()}.${content.name()}`;
      const kind = content.byte();
      if (kind === IMPORT.function) names.push(name);
      passImport(content, kind);
    }
  }
  return names;
}

/** The numbers of the functions that a module exports, by name. */
export function exportedFunctions(bytes: Uint8Array): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const { id, content } of sectionsOf(bytes)) {
    if (id !== SECTION.export) continue;
    for (let left = content.number(); left > 0; left--) {
      const name = content.name();
      const kind = content.byte();
      const number = content.number();
      if (kind === IMPORT.function) numbers.set(name, number);
    }
  }
  return numbers;
}

/** How code is changed. */
export interface CodeEdit {
  /** Whether the function with this number stays as it is. */
  keeps(f: number): boolean;
  /** The bytes with which each function begins, before its own. */
  readonly beginning: readonly number[];
  /** The bytes that replace an instruction; undefined if it stays. `operands` is where its operands begin. */
  replaced(opcode: number, operands: Scanner): readonly number[] | undefined;
}

/** A function's code, from its variables on, after an edit. */
function editedBody(body: Scanner, edit: CodeEdit): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = body.at;
  const put = (until: number, bytes: readonly number[]) => {
    parts.push(body.bytes.subarray(from, until), Uint8Array.from(bytes));
    from = body.at;
  };
  // Variables: how many, of which type.
  for (let left = body.number(); left > 0; left--) {
    body.number();
    body.byte();
  }
  put(body.at, edit.beginning);
  while (!body.isAtEnd) {
    const start = body.at;
    const opcode = opcodeAt(body);
    const operands = new Scanner(body.bytes, body.at, body.end);
    passOperands(body, opcode);
    const bytes = edit.replaced(opcode, operands);
    if (bytes) put(start, bytes);
  }
  put(body.end, []);
  return concatenated(parts);
}

/** The same module with other code. */
export function editedModule(bytes: Uint8Array, edit: CodeEdit): Uint8Array<ArrayBuffer> {
  let f = importedFunctions(bytes).length;
  for (const { id, start, content } of sectionsOf(bytes)) {
    if (id !== SECTION.code) continue;
    const count = content.number();
    const bodies: Uint8Array[] = [Uint8Array.from(leb(count))];
    for (let left = count; left > 0; left--, f++) {
      const body = content.part(content.number());
      const code = edit.keeps(f) ? bytes.subarray(body.at, body.end) : editedBody(body, edit);
      bodies.push(Uint8Array.from(leb(code.length)), code);
    }
    const section = concatenated(bodies);
    const head = Uint8Array.from([id, ...leb(section.length)]);
    return concatenated([bytes.subarray(0, start), head, section, bytes.subarray(content.end)]);
  }
  throw new TypeError("Cannot read the code of a module: it has none");
}
