// What CPython's main function is to run, in an interpreter that was started for something else.
//
// Py_RunMain reads it from the interpreter's configuration: the text of -c, the module of -m or the name of a file; and
// the program's first word (sys.argv[0]), which tells the program's folder. An interpreter of which an image is made is
// started with marks in these places. The marks are then looked for in its memory.

import { toAddress } from "../../ground/address.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { PythonHeap } from "./python-heap.js";

/** The marks: a command and the word after it. Neither text is anywhere else in memory. */
const COMMAND_MARK = "'the command of an image of Python'";
const WORD_MARK = "the word of an image of Python";

/** The words with which an interpreter is started if it gets its program later. */
export const MARKED_WORDS: readonly string[] = ["-c", COMMAND_MARK, WORD_MARK];

/** The addresses of the fields of a configuration that say what is to run. */
export interface ProgramPlaces {
  /** run_command, followed by run_module and run_filename: pointers to wide strings. */
  readonly command: number;
  /** argv: the number of words, and a pointer to pointers to wide strings. */
  readonly words: number;
}

/** What is to run: a command, a module or a file, or standard input if there is none of the three; and the program's first word. */
export interface MainProgram {
  readonly command?: string;
  readonly module?: string;
  readonly file?: string;
  readonly firstWord: string;
}

/** The interpreter's state, of which the configuration is a part, is shorter than this. */
const STATE_WORDS = 2 ** 18;
/** And the configuration is shorter than this. */
const CONFIGURATION_WORDS = 2 ** 8;

/** Finds the marks. Undefined if one is missing or is in two places; then the interpreter can't run another program. */
export function findProgram({ memory, data }: PyodideExports): ProgramPlaces | undefined {
  const words = new Uint32Array(memory.buffer);
  const find = (from: number, to: number, is: (at: number) => boolean) => {
    const found: number[] = [];
    for (let at = from; at < Math.min(to, words.length - 2); at++) if (is(at)) found.push(at);
    return found.length === 1 ? found[0] : undefined;
  };
  const commands = wideStrings(words, `${COMMAND_MARK}\n`);
  const state = data._PyRuntime >>> 2;
  const isCommand = (at: number) => commands.has(words[at] ?? 0) && words[at + 1] === 0 && words[at + 2] === 0;
  const command = find(state, state + STATE_WORDS, isCommand);
  if (command === undefined) return undefined;
  const marked = wideStrings(words, WORD_MARK);
  const isArgv = (at: number) => words[at] === 2 && marked.has(words[((words[at + 1] ?? 0) >>> 2) + 1] ?? 0);
  // The same numbers can also be elsewhere in the state.
  const argv = find(Math.max(state, command - CONFIGURATION_WORDS), command + CONFIGURATION_WORDS, isArgv);
  return argv === undefined ? undefined : { command: command * 4, words: argv * 4 };
}

/** The addresses of a string of 32-bit characters. */
function wideStrings(words: Uint32Array, text: string): Set<number> {
  const wanted = [...text, "\0"].map((char) => char.codePointAt(0));
  const found = new Set<number>();
  const [first = 0] = wanted;
  for (let at = words.indexOf(first); at >= 0; at = words.indexOf(first, at + 1)) {
    if (wanted.every((code, k) => words[at + k] === code)) found.add(at * 4);
  }
  return found;
}

/** Makes the interpreter's main function run this program. Throws an Error if there is no memory. */
export function setProgram(
  { memory }: PyodideExports,
  heap: PythonHeap,
  places: ProgramPlaces,
  { command, module, file, firstWord }: MainProgram,
): void {
  const get = (address: number) => new DataView(memory.buffer).getUint32(address, true);
  const set = (address: number, word: number) => new DataView(memory.buffer).setUint32(address, word, true);
  const wide = (text: string | undefined): number => {
    if (text === undefined) return 0;
    const codes = [...text, "\0"].map((char) => char.codePointAt(0) ?? 0);
    const block = heap.raw.malloc(4 * codes.length);
    if (block === 0) throw new Error("there is no memory for the program's words");
    new Uint32Array(memory.buffer, block, codes.length).set(codes);
    return block;
  };
  const texts = [command === undefined ? undefined : `${command}\n`, module, file];
  texts.forEach((text, k) => {
    heap.raw.free(toAddress(get(places.command + 4 * k)));
    set(places.command + 4 * k, wide(text));
  });
  // The configuration gets only the first word. The program finds all of its words in sys.argv, which Python code sets.
  const items = get(places.words + 4);
  for (let k = get(places.words); k-- > 0; ) heap.raw.free(toAddress(get(items + 4 * k)));
  set(items, wide(firstWord));
  set(places.words, 1);
}
