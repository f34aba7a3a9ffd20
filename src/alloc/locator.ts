// Where in the program a call into the heap comes from, read off the JavaScript stack: the C function, if it is C that
// calls, the C functions that called it, and the JavaScript function that called those.
//
//   copy_text (spam.wasm), called from fill, main, start (app.ts:12:7)
//
// The innermost WebAssembly frame is the core's own; a C module's frames have another address, with its label in it
// (hosts/c/sections.ts puts it there).

/** The folder of this library's files, as stacks show it; undefined if a bundler put them together with the program's. */
const [, LIBRARY] = /^(?:file:\/\/)?(.*\/)alloc\/locator\.[jt]s$/.exec(import.meta.url) ?? [];
/** The library's own tests and its command are programs, too. */
const PROGRAMS = /\.test\.ts:|\/cli\/[\w-]+\.[jt]s:/;

/** Whether a frame of JavaScript stands between the program and the heap. */
function isInside(line: string): boolean {
  return (LIBRARY !== undefined && line.includes(LIBRARY) && !PROGRAMS.test(line)) || /<anonymous>\)?$/.test(line);
}

/** `at name (wasm://wasm/label-1a2b3c4d:wasm-function[7]:0x123)`, or the same without a name and brackets. */
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

/** The label of the module at an address that V8 made; the hash alone, if it has no name. */
export function labelOf(url: string): string {
  return url.replace("wasm://wasm/", "").replace(/-[0-9a-f]{8}$/, "");
}

/** Frames that are looked at: those of the core and of C stand before the first that is JavaScript. */
const DEPTH = 40;

function deepStack(): string {
  const depth = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = depth;
  return stack;
}

/** What says nothing: the first line, and empty ones. */
function isFrame(line: string): boolean {
  return line !== "" && !line.startsWith("Error");
}

/** Whether a function is the `main` that compilers put around a program's. */
function isWrapper({ name, url }: WasmFrame, called: WasmFrame | undefined): boolean {
  return name === "main" && called?.name === "main" && url === called.url;
}

/** So many functions in C are named at most. */
const MOST_IN_C = 4;

/**
 * The C function that called into the heap, if it was C, with the C functions that called it, and the JavaScript that called those. The stack begins
 * with this library, whose files a bundler may have put together with the program's: so nothing counts before the core's frames, if there are any.
 */
function readStack(): { readonly inC: readonly WasmFrame[]; readonly caller?: string } {
  const lines = deepStack()
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

/** The places as one; a module is named where it is another than the one before. */
function placeOf(inC: readonly WasmFrame[], caller?: string): string | undefined {
  const names = inC.map(({ name, url }, k) => (url === inC[k - 1]?.url ? name : `${name} (${labelOf(url)})`));
  const [place, ...callers] = caller === undefined ? names : [...names, caller];
  return callers.length === 0 ? place : `${place}, called from ${callers.join(", ")}`;
}

/** The function, file and line that called into the heap; undefined if the stack says nothing of it. */
export function stackLocator(): string | undefined {
  const { inC, caller } = readStack();
  return placeOf(inC, caller);
}

/** The functions in C alone, where it is known who called those. */
export function functionLocator(): string | undefined {
  return placeOf(readStack().inC);
}

/** The C function and the label of its module, if a place is in C. */
export function functionInC(place: string): { name: string; label: string } | undefined {
  const [, name, label] = /^(.+?) \(([^():/\\]+)\)(?:, called from |$)/.exec(place) ?? [];
  return name === undefined || label === undefined ? undefined : { name, label };
}
