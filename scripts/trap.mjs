// Tells where in core/ a trap occurred: `npm run trap < stack.txt`, or with the lines as arguments.
//
// The stack must come from the debug build (npm run build:debug). Its frames look like
//
//   at core/alloc/raw/Raw#take (wasm://wasm/0ff1ce:wasm-function[57]:0x1a2b)
//
// The number at the end is an offset in the module. The source map leads from it to a file and a line.

import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";

const FOLDER = fileURLToPath(new URL("../build/debug/", import.meta.url));
const FRAME = /(\S+) \(wasm:\/\/wasm\/\w+:wasm-function\[(\d+)\]:0x([0-9a-f]+)\)/;

/** An unsigned LEB128 number: its value, and the place after it. */
function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** The names of a module's functions by their numbers, from its name section. */
function functionNames(bytes) {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), "name");
  const names = new Map();
  const data = new Uint8Array(section ?? new ArrayBuffer(0));
  for (let at = 0; at < data.length; ) {
    const kind = data[at++];
    let size;
    [size, at] = leb(data, at);
    const end = at + size;
    if (kind === 1) {
      let count;
      [count, at] = leb(data, at);
      for (; count > 0; count--) {
        let index;
        let length;
        [index, at] = leb(data, at);
        [length, at] = leb(data, at);
        names.set(index, new TextDecoder().decode(data.subarray(at, at + length)));
        at += length;
      }
    }
    at = end;
  }
  return names;
}

/**
 * An instruction may have no position, such as the trap of an assert. Then the position of an instruction at most this
 * many bytes before it is used.
 */
const REACH = 32;

/** The file, line and column for an offset in a module. */
function positionAt(map, offset) {
  for (let column = offset; ; column--) {
    const position = originalPositionFor(map, { line: 1, column });
    if (position.source !== null || column === offset - REACH) return position;
  }
}

let loaded;
/** The debug builds of the core's modules. */
function modules() {
  loaded ??= ["core", "whole"].map((name) => ({
    names: functionNames(readFileSync(`${FOLDER}${name}.wasm`)),
    map: new TraceMap(readFileSync(`${FOLDER}${name}.wasm.map`, "utf8")),
  }));
  return loaded;
}

/** A stack in which the core's frames have a file and a line instead of an offset. */
export function located(stack) {
  return stack.replaceAll(new RegExp(FRAME, "g"), (frame, name, index, offset) => {
    // Both modules come from the same sources. A frame belongs to the one that has this function with this number.
    const module = modules().find(({ names }) => names.get(Number(index)) === name);
    if (module === undefined) return frame;
    const { source, line, column } = positionAt(module.map, Number.parseInt(offset, 16));
    return source === null ? frame : `${name} (${source.replace(/^.*?(?=core\/)/, "")}:${line}:${(column ?? 0) + 1})`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = process.argv.slice(2);
  process.stdout.write(located(lines.length > 0 ? `${lines.join("\n")}\n` : await text(process.stdin)));
}
