// The messages of the core's errors: the sentences of protocol/errors.mjs, with values in place of `{name:kind}`.

import {
  COMPARISON_SIGNS,
  FUNCTION_USES,
  IN_PLACE_NAMES,
  METHOD_FLAGS,
  OPERATOR_NAMES,
  type PyExceptionName,
  UNARY_NAMES,
} from "../../core/catalogue.gen.js";
import { ERRORS, type ErrorDefinition } from "../../core/errors.gen.js";
import { ProtocolError } from "../../ground/errors.js";

/** An error as the core stores it: its code, the addresses of its objects, and its numbers. */
export interface ErrorRecord {
  readonly code: number;
  readonly objects: readonly number[];
  readonly numbers: readonly number[];
}

/** How an object appears in a message. */
export interface Show {
  typeName(object: number): string;
  /** The name of the type, or of the built-in type that it is derived from. */
  layoutName(object: number): string;
  /** The text of a string; "" for other objects. */
  text(object: number): string;
  repr(object: number): string;
}

export interface ErrorWords {
  readonly exception: PyExceptionName;
  readonly message: string;
}

/**
 * The words that CPython's messages use instead of a type's name: before "index out of range", before "indices must be integers", and
 * before "changed size".
 */
const PREFIXES: Readonly<Record<string, string>> = { str: "string ", bytes: "" };
const ELEMENTS: Readonly<Record<string, string>> = { bytes: "byte" };
const CONTAINERS: Readonly<Record<string, string>> = { dict: "dictionary" };

function span(one: string, many: string, count: number, position: number): string {
  return count > 1 ? `${many} in position ${position}-${position + count - 1}` : `${one} in position ${position}`;
}

/** A character as it appears in a message: escaped. */
function escaped(text: string, position: number): string {
  const code = [...text][position]?.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** The flags of a method, as C writes them. */
function flagsOf(flags: number): string {
  const names = METHOD_FLAGS.filter(([, flag]) => (flags & flag) !== 0).map(([name]) => name);
  return names.length > 0 ? names.join(" | ") : String(flags);
}

/** The text for a placeholder, by its kind. */
const SHOWN: Readonly<Record<string, (show: Show, a: number, b: number, c: number) => string | undefined>> = {
  type: (show, object) => show.typeName(object),
  text: (show, object) => show.text(object),
  repr: (show, object) => show.repr(object),
  layout: (show, object) => show.layoutName(object),
  prefix: (show, object) => PREFIXES[show.layoutName(object)] ?? `${show.layoutName(object)} `,
  element: (show, object) => ELEMENTS[show.layoutName(object)] ?? show.layoutName(object),
  container: (show, object) => CONTAINERS[show.layoutName(object)] ?? show.layoutName(object),
  number: (_, number) => String(number),
  operator: (_, number) => OPERATOR_NAMES[number],
  inPlace: (_, number) => IN_PLACE_NAMES[number],
  unary: (_, number) => UNARY_NAMES[number],
  comparison: (_, number) => COMPARISON_SIGNS[number],
  use: (_, number) => FUNCTION_USES[number] ?? flagsOf(number),
  bytes: (_, first, count, position) => span(`byte 0x${first.toString(16).padStart(2, "0")}`, "bytes", count, position),
  characters: (show, string, count, position) =>
    span(`character '${escaped(show.text(string), position)}'`, "characters", count, position),
};

/** The values of an error's parameters, by name: addresses of objects, and numbers. Throws ProtocolError if an object is missing. */
function valuesOf({ name, parameters }: ErrorDefinition, { code, objects, numbers }: ErrorRecord): Map<string, number> {
  const values = new Map<string, number>();
  let [object, number] = [0, 0];
  for (const [parameter, type] of parameters) {
    const value = (type === "object" ? objects[object++] : numbers[number++]) ?? 0;
    if (type === "object" && value === 0) throw new ProtocolError(`an error ${name} without its ${parameter}`, code);
    values.set(parameter, value);
  }
  return values;
}

/** The exception and the message of an error of the core. Throws ProtocolError if there is no error with this code. */
export function wordsOf(record: ErrorRecord, show: Show): ErrorWords {
  const definition = ERRORS.get(record.code);
  if (!definition) throw new ProtocolError("an error", record.code);
  const values = valuesOf(definition, record);
  const message = definition.sentence.replace(/\{([\w,]+):(\w+)\}/g, (_, names: string, kind: string) => {
    const [a = 0, b = 0, c = 0] = names.split(",").map((name) => values.get(name));
    const shown = SHOWN[kind]?.(show, a, b, c);
    if (shown === undefined)
      throw new ProtocolError(`an error ${definition.name} with a strange ${names}`, record.code);
    return shown;
  });
  return { exception: definition.exception, message };
}
