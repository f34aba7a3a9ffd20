// One module in C on a heap, as the linker and the module's user share it.

import type { PyModule } from "../../objects/handles/extension.js";
import type { Definition, Definitions } from "./definitions.js";
import type { Census } from "./leaks.js";
import type { Dylink, FunctionTypes } from "./sections.js";

/** What crosses the border to C and back: i32 and doubles are numbers, i64 is a bigint. */
export type CValue = number | bigint;
export type CFunction = (...args: CValue[]) => CValue | undefined;
/** Functions and globals that a caller gives to a module, by name. */
export type Imports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** What is known of a module before it is there. */
interface Known {
  readonly name: string;
  readonly label: string;
  readonly dylink: Dylink;
  readonly given: Definitions;
  readonly types: FunctionTypes | undefined;
}

export class LoadedModule {
  /** What others need it by. */
  readonly name: string;
  /** What reports call it: its name, with a number behind it from the second of that name on. */
  readonly label: string;
  readonly dylink: Dylink;
  /** What it defines itself, and what its caller gave to it alone. */
  readonly own = new Map<string, Definition>();
  readonly given: Definitions;
  /** Functions whose addresses it has. */
  readonly taken: WebAssembly.ExportValue[] = [];
  /** Types of the functions that it exports; undefined if only the compiled module is known. */
  readonly types: FunctionTypes | undefined;
  readonly functions = new Map<string, CFunction>();
  readonly data = new Map<string, number>();
  readonly atExit: (() => void)[] = [];
  /** Modules whose definitions it uses. */
  readonly uses = new Set<LoadedModule>();
  isLive = true;
  /** The module as Python has it, if it has a PyInit function. */
  python: PyModule | undefined;
  memoryBase = 0;
  /** -1 until its entries are taken. */
  tableBase = -1;
  exports: WebAssembly.Exports = {};
  /** What was in the heap before it came. */
  before: Census = new Map();
  /** Entries of the global offset table that wait for what its group defines. */
  readonly pending: { readonly entry: WebAssembly.Global; readonly name: string; readonly isFunction: boolean }[] = [];
  /** Entries of the table through which it calls what was not there yet. */
  readonly trampolines: { readonly name: string; readonly index: number }[] = [];

  constructor({ name, label, dylink, given, types }: Known) {
    this.name = name;
    this.label = label;
    this.dylink = dylink;
    this.given = given;
    this.types = types;
  }

  /** Whether stacks show the label, so that its functions can be told from those of others: where its bytes are known. */
  get isLabelled(): boolean {
    return this.types !== undefined;
  }
}

const I64 = 0x7e;

/** Whether a parameter of this type takes a bigint. */
export function isBig(type: number): boolean {
  return type === I64;
}

/** What a parameter takes. */
export type ValueKind = "number" | "bigint" | "number or bigint";

/** What each of a function's parameters takes, of which there are `count`; `types` is undefined if only the compiled module is known. */
export function kindsOf(types: readonly number[] | undefined, count: number): ValueKind[] {
  return Array.from({ length: count }, (_, k) =>
    types ? (isBig(types[k] ?? 0) ? "bigint" : "number") : "number or bigint",
  );
}

/** Throws TypeError if a function of C's can't be called so: WebAssembly itself would take anything for a number, and nothing for 0. */
export function mustFit(name: string, args: readonly CValue[], kinds: readonly ValueKind[]): void {
  const count = kinds.length;
  let k = 0;
  while (k < count && typeof args[k] === kinds[k]) k++;
  if (k < count || args.length !== count) complain(name, args, kinds);
}

/** As mustFit, which found something that is not as it expected. */
function complain(name: string, args: readonly CValue[], kinds: readonly ValueKind[]): void {
  if (args.length !== kinds.length) {
    throw new TypeError(`Cannot call ${name} with ${args.length} arguments: it takes ${kinds.length}`);
  }
  for (const [k, wanted] of kinds.entries()) {
    const kind = typeof args[k];
    if (kind === wanted || (wanted === "number or bigint" && (kind === "number" || kind === "bigint"))) continue;
    throw new TypeError(`Cannot call ${name}: argument ${k + 1} is a ${kind}, not a ${wanted}`);
  }
}
