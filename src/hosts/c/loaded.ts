// A module in C on a heap: what the linker and the module's user both need.

import type { PyModule } from "../../objects/handles/extension.js";
import type { Definition, Definitions } from "./definitions.js";
import type { Census } from "./leaks.js";
import type { Dylink, ModuleTypes } from "./sections.js";

/** The values that are passed to C and back: i32 and doubles are numbers, i64 is a bigint. */
export type CValue = number | bigint;
export type CFunction = (...args: CValue[]) => CValue | undefined;
/** Functions and globals that a caller gives to a module, by name. */
export type Imports = Readonly<Record<string, WebAssembly.ImportValue>>;

/** What is known about a module before it is loaded. */
interface Known {
  readonly name: string;
  readonly label: string;
  readonly dylink: Dylink;
  readonly given: Definitions;
  readonly types: ModuleTypes | undefined;
}

export class LoadedModule {
  /** The name by which other modules need it. */
  readonly name: string;
  /** Its name in reports: the name, followed by a number from the second module of that name on. */
  readonly label: string;
  readonly dylink: Dylink;
  /** The names that it defines itself. */
  readonly own = new Map<string, Definition>();
  /** The names that its caller gave to it alone. */
  readonly given: Definitions;
  /** The functions whose addresses it has taken. */
  readonly taken: WebAssembly.ExportValue[] = [];
  /** The types of its functions; undefined if only the compiled module is known. */
  readonly types: ModuleTypes | undefined;
  readonly functions = new Map<string, CFunction>();
  readonly data = new Map<string, number>();
  readonly atExit: (() => void)[] = [];
  /** The modules whose definitions it uses. */
  readonly uses = new Set<LoadedModule>();
  isLive = true;
  /** The Python module, if it has a PyInit function. */
  python: PyModule | undefined;
  memoryBase = 0;
  /** -1 until its entries are taken. */
  tableBase = -1;
  exports: WebAssembly.Exports = {};
  /** The blocks in the heap before it was loaded. */
  before: Census = new Map();
  /** Entries of the global offset table. They get their addresses when all modules of the group are instantiated. */
  readonly pending: { readonly entry: WebAssembly.Global; readonly name: string; readonly isFunction: boolean }[] = [];
  /** Entries of the table for functions that were not loaded yet when it was linked. */
  readonly trampolines: { readonly name: string; readonly index: number }[] = [];

  constructor({ name, label, dylink, given, types }: Known) {
    this.name = name;
    this.label = label;
    this.dylink = dylink;
    this.given = given;
    this.types = types;
  }

  /**
   * Whether stacks show its label, so that its functions can be told from those of others. True if its bytes are known.
   */
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

/**
 * The kinds of values for a function's `count` parameters. `types` is undefined if only the compiled module is known.
 */
export function kindsOf(types: readonly number[] | undefined, count: number): ValueKind[] {
  return Array.from({ length: count }, (_, k) =>
    types ? (isBig(types[k] ?? 0) ? "bigint" : "number") : "number or bigint",
  );
}

/**
 * Throws TypeError if the arguments do not fit a function in C. WebAssembly itself would convert any argument to a
 * number, and a missing one to 0.
 */
export function mustFit(name: string, args: readonly CValue[], kinds: readonly ValueKind[]): void {
  const count = kinds.length;
  let k = 0;
  while (k < count && typeof args[k] === kinds[k]) k++;
  if (k < count || args.length !== count) complain(name, args, kinds);
}

/** Throws the TypeError of mustFit. */
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
