// Makes an object file for wasm-ld of a module that asc has compiled, and an archive of it. asc has no linker, and writes only whole modules.
//
//   module                           object file
//   import of a global             -> the address of a symbol: i32.const, which the linker fills in
//   import, call of a function     -> a symbol, and a relocation at each call
//   export of a function           -> a symbol
//
// The module must not have a table, globals, data or a start function of its own. The format is that of the tool conventions' Linking.md:
// https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const SECTION = { custom: 0, type: 1, import: 2, function: 3, memory: 5, export: 7, code: 10, data: 11 };
const KIND = { function: 0, table: 1, memory: 2, global: 3 };
const RELOCATION = { functionIndex: 0, memoryAddress: 4 };
const SYMBOL = { function: 0, data: 1 };
const FLAG = { local: 2, undefined: 0x10 };
const SUBSECTION = { segments: 5, symbols: 8 };
const LINKING_VERSION = 2;

const leb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
const text = (value) => [...leb(Buffer.byteLength(value)), ...Buffer.from(value)];
const list = (items) => [...leb(items.length), ...items.flat()];
const section = (id, content) => [id, ...leb(content.length), ...content];
const custom = (name, content) => section(SECTION.custom, [...text(name), ...content]);
/** A number in five bytes, in which the linker has room for any other. */
const padded = (value) => [0, 7, 14, 21, 28].map((shift) => ((value >>> shift) & 127) | (shift < 28 ? 128 : 0));

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** Any LEB128 number, of which only the lowest bits are wanted. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  take(count) {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  name() {
    return this.take(this.number()).toString();
  }

  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}

/** The sections of a module by their ids. Throws if there is one that is not translated here. */
function sectionsOf(bytes) {
  const reader = new Reader(bytes, HEADER.length);
  const sections = new Map();
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const content = reader.take(reader.number());
    if (id === SECTION.custom) continue;
    if (!Object.values(SECTION).includes(id) || id === SECTION.data) throw new Error(`the module has a section ${id}`);
    sections.set(id, content);
  }
  return sections;
}

function importsOf(content) {
  const reader = new Reader(content);
  return reader.list(() => {
    const [module, name, kind] = [reader.name(), reader.name(), reader.byte()];
    if (kind === KIND.function) return { module, name, kind, type: reader.number() };
    if (kind === KIND.global) return { module, name, kind, type: reader.take(2) };
    if (kind !== KIND.memory) throw new Error(`the module imports ${name} of kind ${kind}`);
    if (reader.byte() & 1) reader.number();
    reader.number();
    return { module, name, kind };
  });
}

/** How many LEB128 numbers follow an operation's code; those that are not here are treated in `relocated`. */
function operandsOf(code) {
  if (code >= 0x28 && code <= 0x3e) return 2; // load, store: alignment and offset
  if (code === 0x0c || code === 0x0d) return 1; // br, br_if
  if (code >= 0x20 && code <= 0x22) return 1; // local.get, .set, .tee
  if (code >= 0x3f && code <= 0x42) return 1; // memory.size, memory.grow; i32.const, i64.const
  if (code <= 0x01 || code === 0x05 || code === 0x0b || code === 0x0f || code === 0x1a || code === 0x1b) return 0;
  if (code >= 0x45 && code <= 0xc4) return 0; // arithmetic
  throw new Error(`operation 0x${code.toString(16)} is not known`);
}

/** Bulk operations, after 0xfc: memory.copy has two memories, memory.fill one; below 8, conversions have none. */
const BULK_OPERANDS = { 10: 2, 11: 1 };

/** The body of a function with relocations: `symbols` has the numbers of symbols by the indices of functions and globals. */
function relocated(body, symbols) {
  const reader = new Reader(body);
  const bytes = [];
  const relocations = [];
  const copyFrom = (start) => bytes.push(...body.subarray(start, reader.at));
  reader.list(() => [reader.number(), reader.byte()]);
  copyFrom(0);
  while (reader.at < body.length) {
    const start = reader.at;
    const code = reader.byte();
    if (code === 0x10 || code === 0x23) {
      const isCall = code === 0x10;
      const symbol = (isCall ? symbols.functions : symbols.globals)[reader.number()];
      const type = isCall ? RELOCATION.functionIndex : RELOCATION.memoryAddress;
      bytes.push(isCall ? code : 0x41);
      relocations.push({ type, at: bytes.length, symbol });
      bytes.push(...padded(0));
      continue;
    }
    if (code >= 0x02 && code <= 0x04) {
      if ((reader.byte() & 0xc0) !== 0x40) throw new Error("a block has a type with parameters");
    } else if (code === 0x0e) {
      reader.list(() => reader.number());
      reader.number();
    } else if (code === 0xfc) {
      const bulk = reader.number();
      const operands = bulk < 8 ? 0 : BULK_OPERANDS[bulk];
      if (operands === undefined) throw new Error(`operation 0xfc ${bulk} is not known`);
      for (let k = 0; k < operands; k++) reader.number();
    } else {
      for (let k = operandsOf(code); k > 0; k--) reader.number();
    }
    copyFrom(start);
  }
  return { bytes, relocations };
}

/**
 * The object file of a module. `names` are the names of its functions for stacks, in their order, the imported ones first. `data` says which
 * symbol takes the place of each imported global: { name } is a symbol that the linker defines; { name, bytes } is a new one, at so many
 * zeros. `aliases` are other names of exports. `features` are those that the module uses (+) or can't be linked with (-).
 */
export function objectFile(module, { names, data, aliases, features }) {
  const sections = sectionsOf(module);
  const imports = importsOf(sections.get(SECTION.import));
  const functions = imports.filter(({ kind }) => kind === KIND.function);
  const globals = imports.filter(({ kind }) => kind === KIND.global).map(({ name }) => data[name]);
  const exported = new Map();
  const exports = new Reader(sections.get(SECTION.export));
  exports.list(() => {
    const [name, kind, index] = [exports.name(), exports.byte(), exports.number()];
    if (kind === KIND.function)
      exported.set(index, [name, ...Object.keys(aliases).filter((key) => aliases[key] === name)]);
  });

  const symbols = [];
  const numbers = { functions: [], globals: [] };
  const add = (...entry) => symbols.push(entry.flat()) - 1;
  for (const index of functions.keys()) numbers.functions[index] = add(SYMBOL.function, FLAG.undefined, leb(index));
  const count = new Reader(sections.get(SECTION.function)).number();
  for (let index = functions.length; index < functions.length + count; index++) {
    const [name, ...others] = exported.get(index) ?? [];
    numbers.functions[index] = add(SYMBOL.function, name ? 0 : FLAG.local, leb(index), text(name ?? names[index]));
    for (const other of others) add(SYMBOL.function, 0, leb(index), text(other));
  }
  const segments = globals.filter(({ bytes }) => bytes !== undefined);
  for (const [k, global] of globals.entries()) {
    const place = segments.indexOf(global);
    numbers.globals[k] =
      place < 0
        ? add(SYMBOL.data, FLAG.undefined, text(global.name))
        : add(SYMBOL.data, FLAG.local, text(global.name), leb(place), 0, leb(global.bytes));
  }

  const bodies = new Reader(sections.get(SECTION.code));
  const relocations = [];
  const code = [];
  code.push(...leb(bodies.number()));
  for (let k = 0; k < count; k++) {
    const body = relocated(bodies.take(bodies.number()), numbers);
    code.push(...leb(body.bytes.length));
    for (const relocation of body.relocations) relocations.push({ ...relocation, at: code.length + relocation.at });
    code.push(...body.bytes);
  }

  const linking = [
    ...leb(LINKING_VERSION),
    ...section(SUBSECTION.segments, list(segments.map(({ name }) => [...text(`.bss.${name}`), 4, 0]))),
    ...section(SUBSECTION.symbols, list(symbols)),
  ];
  const imported = [
    [...text("env"), ...text("__linear_memory"), KIND.memory, 0, 1],
    ...functions.map(({ module, name, type }) => [...text(module), ...text(name), KIND.function, ...leb(type)]),
  ];
  const zeros = segments.map(({ bytes }) => [0, 0x41, 0, 0x0b, ...leb(bytes), ...new Array(bytes).fill(0)]);
  /** The section to which relocations belong: type, import, function, code. */
  const CODE_SECTION = 3;
  return Buffer.from([
    ...HEADER,
    ...section(SECTION.type, [...sections.get(SECTION.type)]),
    ...section(SECTION.import, list(imported)),
    ...section(SECTION.function, [...sections.get(SECTION.function)]),
    ...section(SECTION.code, code),
    ...section(SECTION.data, list(zeros)),
    ...custom("linking", linking),
    ...custom("reloc.CODE", [
      ...leb(CODE_SECTION),
      ...list(
        relocations.map(({ type, at, symbol }) => [
          ...[type, ...leb(at), ...leb(symbol)],
          ...(type === RELOCATION.memoryAddress ? [0] : []),
        ]),
      ),
    ]),
    ...custom("target_features", list(features.map((feature) => [feature.charCodeAt(0), ...text(feature.slice(1))]))),
  ]);
}

/** An archive of one object file, with the index of symbols that the linker wants. */
export function archive(name, object, symbols) {
  const member = (title, content) => {
    const fields = [title.padEnd(16), "0".padEnd(12), "0".padEnd(6), "0".padEnd(6), "644".padEnd(8)];
    const header = Buffer.from(`${fields.join("")}${String(content.length).padEnd(10)}\`\n`);
    return Buffer.concat([header, content, Buffer.alloc(content.length % 2, "\n")]);
  };
  const words = Buffer.alloc(4 + 4 * symbols.length);
  const index = () => member("/", Buffer.concat([words, Buffer.from(symbols.map((symbol) => `${symbol}\0`).join(""))]));
  const magic = Buffer.from("!<arch>\n");
  words.writeUInt32BE(symbols.length);
  for (const k of symbols.keys()) words.writeUInt32BE(magic.length + index().length, 4 + 4 * k);
  return Buffer.concat([magic, index(), member(`${name}/`, object)]);
}
