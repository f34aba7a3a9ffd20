// Where in the program a call into the heap comes from, read from the JavaScript stack: the C function that made the
// call, the C functions that called it, and the JavaScript function that called those. Without C: the JavaScript
// function alone.
//
//   copy_text (spam.wasm), called from fill, main, start (app.ts:12:7)
//
// The innermost WebAssembly frame is the core's own; a C module's frames have another address, with its label in it
// (hosts/c/sections.ts puts it there).

import { engineStack } from "../ground/engine-stack.js";

/**
 * The folder of this library's files as it appears in stacks; undefined if a bundler merged them with the program's
 * files.
 */
export const [, LIBRARY] = /^(?:file:\/\/)?(.*\/)alloc\/locator\.[jt]s$/.exec(import.meta.url ?? "") ?? [];
/** Files in this folder that count as the program: the library's own tests, and its command. */
const PROGRAMS = /\.test\.ts:|\/cli\/[\w-]+\.[jt]s:/;

/** Whether a frame of JavaScript is this library's, or has no file, and so is not the program's. */
function isInside(line: string): boolean {
  return (LIBRARY !== undefined && line.includes(LIBRARY) && !PROGRAMS.test(line)) || /<anonymous>\)?$/.test(line);
}

/** `at name (wasm://wasm/label-1a2b3c4d:wasm-function[7]:0x123)`; or with `name@` before the address; or the address alone. */
const WASM_FRAME = /^(?:at )?(?:(.+?) \(|(.*?)@)?(wasm:\/\/wasm\/[^:]*):wasm-function\[(\d+)\]/;

/** What compilers call `main` in WebAssembly. */
const MAIN = /^__(original_main|main_void|main_argc_argv)$/;

export interface WasmFrame {
  readonly name: string;
  readonly url: string;
}

/** The function of C or of the core that a line of a stack is about; undefined if it is JavaScript's. */
export function wasmFrame(line: string): WasmFrame | undefined {
  const match = WASM_FRAME.exec(line);
  if (!match) return undefined;
  const [, v8Name, otherName, url = "", index] = match;
  const name = (v8Name ?? otherName ?? "").replace(/^.*\.(?=\w+$)/, "").replace(MAIN, "main");
  return { name: name || `function ${index}`, url };
}

/** The label of the module in an address that V8 made; if it has no label, the hash alone. */
export function labelOf(url: string): string {
  return url.replace("wasm://wasm/", "").replace(/-[0-9a-f]{8}$/, "");
}

/** The number of frames to read. This library's, the core's and those of C come before the program's first JavaScript frame. */
const DEPTH = 40;

/** Whether a line is a frame: empty lines are not, nor is the line with the error's name, with which V8's stacks begin. */
function isFrame(line: string): boolean {
  return line !== "" && !line.startsWith("Error");
}

/** Whether a function is the wrapper, also named `main`, that compilers put around the program's own `main`. */
function isWrapper({ name, url }: WasmFrame, called: WasmFrame | undefined): boolean {
  return name === "main" && called?.name === "main" && url === called.url;
}

/** At most this many functions in C are named. */
const MOST_IN_C = 4;

/**
 * The C functions of the call into the heap, the innermost first, and the JavaScript function that called those. The
 * stack begins with frames of this library, whose files a bundler may have merged with the program's. So frames before
 * those of the core are ignored, if there are frames of the core.
 */
function readStack(): { readonly inC: readonly WasmFrame[]; readonly caller?: string } {
  const lines = engineStack(DEPTH)
    .split("\n")
    .map((line) => line.trim())
    .filter(isFrame);
  const frames = lines.map(wasmFrame);
  const first = frames.findIndex((frame) => frame !== undefined);
  const core = frames[first]?.url;
  const inC: WasmFrame[] = [];
  for (let k = Math.max(first, 0); k < lines.length; k++) {
    const frame = frames[k];
    const line = lines[k] as string;
    if (frame) {
      if (frame.url !== core && inC.length < MOST_IN_C && !isWrapper(frame, inC.at(-1))) inC.push(frame);
    } else if (!isInside(line) && !line.includes("wasm")) {
      return { inC, caller: line.replace(/^at (async )?/, "") };
    }
  }
  return { inC };
}

/** The places as one text. A module is named only where it differs from the one before. */
function placeOf(inC: readonly WasmFrame[], caller?: string): string | undefined {
  const names = inC.map(({ name, url }, k) => (url === inC[k - 1]?.url ? name : `${name} (${labelOf(url)})`));
  const [place, ...callers] = caller === undefined ? names : [...names, caller];
  return callers.length === 0 ? place : `${place}, called from ${callers.join(", ")}`;
}

/** The function, file and line that called into the heap; undefined if the stack does not tell. */
export function stackLocator(): string | undefined {
  const { inC, caller } = readStack();
  return placeOf(inC, caller);
}

/**
 * Like stackLocator, but only the functions in C: for programs where all calls of C come from the same JavaScript
 * function.
 */
export function functionLocator(): string | undefined {
  return placeOf(readStack().inC);
}

/** The C function and the label of its module, if a place is in C. */
export function functionInC(place: string): { name: string; label: string } | undefined {
  const [, name, label] = /^(.+?) \(([^():/\\]+)\)(?:, called from |$)/.exec(place) ?? [];
  return name === undefined || label === undefined ? undefined : { name, label };
}
