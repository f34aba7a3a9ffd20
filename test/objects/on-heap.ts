// Runs programs on our heap. The result of a step is described in the same form in which on-python.ts describes
// CPython's.

import { type Heap, MemoryError, PyException, PyInt, PyNone, PyObject } from "../../src/index.js";
import { type Kind, OPERATIONS, type Operation, TYPES } from "./operations.js";
import type { Program, Step } from "./programs.js";
import { evaluate, type Spec, typeName, type Value } from "./values.js";

/** What is visible of a value: repr, type, bytes (-1: not known), hash ("": not known). */
export type Sight = readonly [repr: string, type: string, size: number, hash: string];
/**
 * A step's result, or its exception, or nothing if the values don't fit; then its first argument afterwards; then
 * whether orders of sets are comparable.
 */
export type Outcome = readonly [result: Sight | string | null, receiver: Sight | null, ordered?: boolean];

/**
 * CPython would crash in this step, or its result depends on something that differs by design: the program ends before
 * the step.
 */
export class Cut extends Error {}

const ADDRESS = /0x[0-9a-f]+/g;
const MOST_TEXT = 3000;
const MOST_BITS = 20_000;

export function failure(error: unknown): string {
  if (!(error instanceof PyException)) throw error;
  if (error.name === "RecursionError" || /complex/.test(error.message)) throw new Cut();
  return `${error.name}: ${error.message.replace(ADDRESS, "0x")}`;
}

function attempt(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return failure(error);
  }
}

export function look(heap: Heap, value: Value): Sight {
  const repr = attempt(() => heap.repr(value).replace(ADDRESS, "0x"));
  if (repr.length > MOST_TEXT) throw new Cut();
  const type = typeName(value);
  const hash = type.startsWith("weakref") ? "" : attempt(() => String(heap.hash(value)));
  return [repr, type, value instanceof PyObject ? value.sizeof : -1, hash];
}

/** Whether a repr contains text or NaN, whose hashes differ in CPython. */
export function isVague(repr: string): boolean {
  return /['"]|nan|0x/.test(repr);
}

/** Whether a value contains a set with such items, whose order is then not comparable. */
function hasVagueSet(heap: Heap, value: unknown): boolean {
  if (!(value instanceof PyObject)) return false;
  const repr = attempt(() => heap.repr(value));
  return isVague(repr) && repr.includes("{");
}

/** Powers of floats may differ in the last digit between JavaScript and CPython. The program ends with such a step. */
export function isApproximate(step: Step, [result]: Outcome): boolean {
  const power = "op" in step && /\*\*|pow/.test((OPERATIONS[step.op] as Operation).python);
  return power && Array.isArray(result) && result[1] === "float";
}

/** A handle for the value, whatever it is. */
function asHandle(heap: Heap, value: Value): PyObject {
  if (value instanceof PyObject) return value;
  return heap.exact(() => heap.tuple([value]).getItem(0)) as unknown as PyObject;
}

const RAW: readonly Kind[] = ["index", "position", "count", "exponent", "bits", "bound", "step", "text"];
const VALUES: readonly Kind[] = ["any", "hashable", "number", "integer"];

/** The values of the arguments; null if one does not have the required type. */
export function argumentsOf(
  heap: Heap,
  { kinds, python }: Operation,
  specs: readonly Spec[],
  variables: Value[],
): unknown[] | null {
  const values: unknown[] = [];
  for (const [k, kind] of kinds.entries()) {
    const value = evaluate(heap, specs[k] as Spec, variables);
    if (TYPES[kind] && !TYPES[kind].includes(typeName(value))) return null;
    if (RAW.includes(kind)) values.push(value ?? undefined);
    else values.push(VALUES.includes(kind) ? value : asHandle(heap, value));
  }
  // Without a modulus this is a ** b, and b may be any int: the result could be too large to compute.
  if (python === "pow(a, b, c)" && (values[2] === null || values[2] instanceof PyNone)) throw new Cut();
  return values;
}

/** Whether the result depends on the order of a set, if an argument is one. */
function asksForOrder({ python, kinds }: Operation): boolean {
  if (/pop|iter|repr|symmetric|\^/.test(python)) return true;
  const isSet = kinds[0] === "set" || kinds[0] === "anyset" || /^(frozen)?set\(/.test(python);
  return !isSet && kinds.includes("iterable");
}

/**
 * Sorts of items without a total order, and failing sorts, show which items were compared; that depends on the
 * algorithm.
 */
function sortsItems({ python }: Operation): boolean {
  return /^a\.sort\((reverse=True)?\)$/.test(python);
}

/** One run of a program: its variables. */
class Run {
  readonly #heap: Heap;
  readonly #variables: Value[] = [];
  /** Whether all sets so far have an order that is comparable with CPython's. */
  #ordered = true;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  #perform(step: Step): Value | undefined {
    const heap = this.#heap;
    const variables = this.#variables;
    if ("make" in step) return evaluate(heap, step.make, variables);
    if ("forget" in step) {
      const value = variables[step.forget];
      if (value instanceof PyObject) value.release();
      variables[step.forget] = null;
      return null;
    }
    const operation = OPERATIONS[step.op] as Operation;
    const args = argumentsOf(heap, operation, step.args, variables);
    if (!args) return undefined;
    if (operation.python === "a % b" && /^(str|bytes)$/.test(typeName(args[0] as Value))) throw new Cut();
    if (args.some((arg) => hasVagueSet(heap, arg))) this.#ordered = false;
    if (sortsItems(operation) && /nan|set\(|\{/.test(attempt(() => heap.repr(args[0])))) throw new Cut();
    if (!this.#ordered && asksForOrder(operation)) throw new Cut();
    const result = (heap.exact(() => operation.run(heap, args)) ?? null) as Value;
    // An operation may return one of its arguments; a variable needs its own handle.
    return result instanceof PyObject && args.includes(result) ? result.clone() : result;
  }

  #receiver(step: Step): Value | undefined {
    const first = "op" in step ? step.args[0] : undefined;
    return first?.[0] === "v" ? (this.#variables[first[1]] ?? null) : undefined;
  }

  step(step: Step): Outcome {
    const heap = this.#heap;
    let result: Sight | string | null = null;
    let value: Value | undefined = null;
    try {
      value = heap.scope(() => this.#perform(step));
      if (value instanceof PyInt && value.bitLength > MOST_BITS) throw new Cut();
      // The value does not tell which NaN object it was, and only their identity distinguishes NaN objects.
      if (Number.isNaN(value)) throw new Cut();
      if (hasVagueSet(heap, value)) this.#ordered = false;
      result = value === undefined ? null : look(heap, value);
    } catch (error) {
      if (error instanceof MemoryError) throw new Cut();
      if ("op" in step && sortsItems(OPERATIONS[step.op] as Operation) && failure(error).includes("'<'"))
        throw new Cut();
      result = failure(error);
    }
    this.#variables.push(value ?? null);
    const receiver = this.#receiver(step);
    if (hasVagueSet(heap, receiver)) this.#ordered = false;
    return [result, receiver === undefined ? null : look(heap, receiver), this.#ordered];
  }

  ends(): Sight[] {
    return this.#variables.map((value) => look(this.#heap, value));
  }
}

/**
 * Runs the program, and releases everything that it made. Returns the result of each step, until the program has to
 * end.
 */
export function runOnHeap(heap: Heap, program: Program): { outcomes: Outcome[]; ends: Sight[] } {
  const outcomes: Outcome[] = [];
  let ends: Sight[] = [];
  heap.scope(() => {
    const run = new Run(heap);
    try {
      for (const step of program) {
        const outcome = run.step(step);
        outcomes.push(outcome);
        if (isApproximate(step, outcome)) throw new Cut();
      }
      ends = run.ends();
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    }
    heap.check();
  });
  return { outcomes, ends };
}
