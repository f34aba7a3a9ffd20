// Reads the sections of a WebAssembly module that the loader needs, and writes the module's name.
//
//   "dylink.0"  what a dynamic library needs of its loader: the tool conventions' DynamicLinking.md
//   "name"      subsection 0 is the module's own name, which engines show in stacks

import { concatenated } from "../../ground/bytes.js";
import { HEADER_BYTES, IMPORT, leb, passImport, Scanner, SECTION, sectionsOf } from "../../ground/wasm-binary.js";

/** The custom section "dylink.0": the memory and the table that the module needs, and facts about its symbols. */
export interface Dylink {
  /** Bytes of static data, and their alignment in bytes. */
  readonly memoryBytes: number;
  readonly memoryAlignment: number;
  readonly tableEntries: number;
  readonly tableAlignment: number;
  /** Libraries that have to be loaded as well. */
  readonly needed: readonly string[];
  /** Imports, as `module.name`, that may stay undefined. */
  readonly weakImports: ReadonlySet<string>;
}

const MEMORY_INFO = 1;
const NEEDED = 2;
const IMPORT_INFO = 4;
const BINDING_WEAK = 1;

/** A module's description as a dynamic library; undefined if it is not one. */
export function readDylink(module: WebAssembly.Module): Dylink | undefined {
  const [section] = WebAssembly.Module.customSections(module, "dylink.0");
  if (!section) return undefined;
  const scan = new Scanner(new Uint8Array(section));
  let [memoryBytes, memoryPower, tableEntries, tablePower] = [0, 0, 0, 0];
  let needed: string[] = [];
  const weakImports = new Set<string>();
  while (!scan.isAtEnd) {
    const kind = scan.byte();
    const part = scan.part(scan.number());
    if (kind === MEMORY_INFO) {
      [memoryBytes, memoryPower, tableEntries, tablePower] = [
        part.number(),
        part.number(),
        part.number(),
        part.number(),
      ];
    } else if (kind === NEEDED) {
      needed = part.list(() => part.name());
    } else if (kind === IMPORT_INFO) {
      for (const [name, flags] of part.list(() => [`${part.name()}.${part.name()}`, part.number()] as const)) {
        if (flags & BINDING_WEAK) weakImports.add(name);
      }
    }
  }
  const [memoryAlignment, tableAlignment] = [2 ** memoryPower, 2 ** tablePower];
  return { memoryBytes, memoryAlignment, tableEntries, tableAlignment, needed, weakImports };
}

const FUNCTION_TYPE = 0x60;

/** The content of the custom sections of this name, joined; undefined if there is none. */
export function contentOf(bytes: Uint8Array, name: string): Uint8Array | undefined {
  const found: Uint8Array[] = [];
  for (const { id, content } of sectionsOf(bytes)) {
    if (id === SECTION.custom && content.name() === name) found.push(bytes.subarray(content.at, content.end));
  }
  return found.length > 0 ? concatenated(found) : undefined;
}

/** A function's type in the module's format: bytes with the types of parameters and results. */
export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

/** The types of functions of a module, by name. */
export type FunctionTypes = ReadonlyMap<string, FunctionType>;

/** The type of a number or an address. */
export const I32 = 0x7f;

/** The types of functions of a module. */
export interface ModuleTypes {
  /** The types of the functions that it imports from "env". */
  readonly imported: FunctionTypes;
  readonly exported: FunctionTypes;
  /** The types of the functions that it puts into the table, by their places after the module's first entry. */
  readonly elements: ReadonlyMap<number, FunctionType>;
}

export function functionTypes(bytes: Uint8Array): ModuleTypes {
  let types: FunctionType[] = [];
  const imported = new Map<string, FunctionType>();
  const exported = new Map<string, FunctionType>();
  const elements = new Map<number, FunctionType>();
  /** Types by the functions' numbers. */
  const all: (FunctionType | undefined)[] = [];
  for (const { id, content } of sectionsOf(bytes)) {
    if (id === SECTION.type) {
      types = content.list(() => {
        if (content.byte() !== FUNCTION_TYPE)
          throw new RangeError("Cannot read the module: a type is not that of a function");
        return { parameters: content.list(() => content.byte()), results: content.list(() => content.byte()) };
      });
    } else if (id === SECTION.import) {
      content.list(() => readImport(content, types, all, imported));
    } else if (id === SECTION.function) {
      content.list(() => all.push(types[content.number()]));
    } else if (id === SECTION.export) {
      content.list(() => {
        const name = content.name();
        const isFunction = content.byte() === IMPORT.function;
        const type = all[content.number()];
        if (isFunction && type) exported.set(name, type);
      });
    } else if (id === SECTION.element) {
      const count = content.number();
      for (let k = 0; k < count && readElements(content, all, elements); k++);
    }
  }
  return { imported, exported, elements };
}

/** Reads functions that are put into the table. Returns false if they are written in a way that compilers of C do not use. */
function readElements(
  scan: Scanner,
  types: readonly (FunctionType | undefined)[],
  found: Map<number, FunctionType>,
): boolean {
  // Kind 0: functions by number, for table 0. They begin at the module's first entry plus a constant.
  if (scan.number() !== 0) return false;
  let place = 0;
  for (let code = scan.byte(); code !== OPERATION.end; code = scan.byte()) {
    if (code === OPERATION.globalGet) scan.number();
    else if (code === OPERATION.i32Const) place = scan.number();
    else if (code !== OPERATION.i32Add) return false;
  }
  scan.list(() => {
    const type = types[scan.number()];
    if (type) found.set(place, type);
    place++;
  });
  return true;
}

/** Opcodes of the expression that says where elements begin. */
const OPERATION = { end: 0x0b, globalGet: 0x23, i32Const: 0x41, i32Add: 0x6a } as const;

function readImport(
  scan: Scanner,
  types: readonly FunctionType[],
  all: (FunctionType | undefined)[],
  found: Map<string, FunctionType>,
): void {
  const module = scan.name();
  const name = scan.name();
  const kind = scan.byte();
  if (kind !== IMPORT.function) {
    passImport(scan, kind);
    return;
  }
  const type = types[scan.number()];
  all.push(type);
  if (module === "env" && type) found.set(name, type);
}

/**
 * The same module, with the name `label`. Stacks show the name, so that two copies of a module can be told apart. A
 * module that can't be read is returned unchanged: the engine will report what is wrong with it.
 */
export function withModuleName(bytes: Uint8Array<ArrayBuffer>, label: string): Uint8Array<ArrayBuffer> {
  if (bytes.length < HEADER_BYTES) return bytes;
  try {
    return renamed(bytes, label);
  } catch (error) {
    if (error instanceof RangeError) return bytes;
    throw error;
  }
}

/** The same module, with one more custom section at its end. */
export function withSection(bytes: Uint8Array, name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = [...new TextEncoder().encode(name)];
  const head = [...leb(text.length), ...text];
  const size = leb(head.length + content.length);
  return concatenated([bytes, Uint8Array.from([SECTION.custom, ...size, ...head]), content]);
}

function renamed(bytes: Uint8Array, label: string): Uint8Array<ArrayBuffer> {
  const text = [...new TextEncoder().encode(label)];
  const ownName = [...leb(text.length), ...text];
  let others = new Uint8Array(0);
  const kept: Uint8Array[] = [bytes.subarray(0, HEADER_BYTES)];
  for (const { id, start, content } of sectionsOf(bytes)) {
    if (id === SECTION.custom && content.name() === "name") others = withoutOwnName(content);
    else kept.push(bytes.subarray(start, content.end));
  }
  const content = [...[4, 0x6e, 0x61, 0x6d, 0x65], 0, ...leb(ownName.length), ...ownName];
  kept.push(Uint8Array.from([SECTION.custom, ...leb(content.length + others.length), ...content]), others);
  return concatenated(kept);
}

/** The rest of a name section, without the subsection that names the module. */
function withoutOwnName(section: Scanner): Uint8Array<ArrayBuffer> {
  if (section.bytes[section.at] === 0) {
    section.byte();
    section.part(section.number());
  }
  return section.bytes.slice(section.at, section.end);
}
