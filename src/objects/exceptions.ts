// Python's exceptions, raised by operations on objects: with the name and the words that Python has for them.

import type { PyExceptionName } from "../core/catalogue.gen.js";
import { EXCEPTION_TYPES } from "../core/catalogue.gen.js";
import * as C from "../core/constants.gen.js";
import { apiWords } from "./api-words.js";
import { basesOf } from "./exception-types.js";

/** An exception that Python would raise; `name` is its type. Out of memory is a `MemoryError` instead. */
export class PyException extends Error {
  /** One of Python's own, or one that a module in C made: "spam.error". */
  override readonly name: PyExceptionName | (string & Record<never, never>);
  /** Names of the exceptions that its type is derived from, nearest first. */
  readonly bases: readonly string[];

  /** `cause`: what it was raised from. */
  constructor(name: PyException["name"], message: string, bases: readonly string[] = basesOf(name), cause?: Error) {
    super(message, cause && { cause });
    this.name = name;
    this.bases = bases;
  }
}

/** What an error of the core says: its code, and the names of the types, or the repr, of the objects that it is about. */
export interface ErrorFacts {
  readonly code: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Type name of the first, second and third object; "" if there is none. */
  readonly a: string;
  readonly b: string;
  readonly c: string;
  /** The first object, if it is a string. */
  readonly text: string;
  /** The second object, if it is a string. */
  readonly other: string;
  /** repr of the first object, for errors whose words have it. */
  readonly repr: () => string;
}

const COMPARISONS = ["<", "<=", "==", "!=", ">", ">="];
const OPERATORS = ["+", "-", "*", "/", "//", "%", "** or pow()", "<<", ">>", "&", "|", "^", "divmod()", "@"];

/** An operator as an error names it. */
function operatorName(operator: number, isInPlace: boolean): string {
  const name = OPERATORS[operator] ?? "";
  return isInPlace ? `${name.replace(" or pow()", "")}=` : name;
}

const UNARY = ["unary -", "unary +", "unary ~", "abs()"];
const USES = ["", "a dict key", "a set element"];
/** What CPython calls sequences whose index is out of range, where that is not the type's name. */
const SEQUENCES: Readonly<Record<string, string>> = { str: "string ", bytes: "" };
const WHAT_INDEX = ["index out of range", "assignment index out of range", "index out of range"];

/** By the number that the core gives: AT_*, OVER_*, BAD_*, NEED_* of core/objects/model/error.ts. */
const OVERFLOWS = [
  "int too large to convert to float",
  "integer division result too large for a float",
  "cannot fit 'int' into an index-sized integer",
  "too many digits in integer",
  "cannot convert float infinity to integer",
  "(34, 'Numerical result out of range')",
];

function valueError({ x, y, z }: ErrorFacts): string {
  switch (x) {
    case 0:
      return "negative shift count";
    case 1:
      return "slice step cannot be zero";
    case 2:
      return "list.remove(x): x not in list";
    case 3:
      return "tuple.index(x): x not in tuple";
    case 4:
      return `attempt to assign sequence of size ${y} to extended slice of size ${z}`;
    case 5:
      return "cannot convert float NaN to integer";
    case 6:
      return `Exceeds the limit (${y} digits) for integer string conversion`;
    case 7:
      return "byte must be in range(0, 256)";
    case 8:
      return "base is not invertible for the given modulus";
    case 9:
      return "pow() 3rd argument cannot be 0";
    case 11:
      return "list modified during sort";
    case 12:
      return "a negative number to a fractional power is a complex number, which this heap does not have";
    default:
      return "bad value";
  }
}

function typeError({ x, y, a, b, c }: ErrorFacts): string {
  switch (x) {
    case 0:
      return `'${a}' object is not iterable`;
    case 1:
      return `object of type '${a}' has no len()`;
    case 2:
      return `argument of type '${a}' is not a container or iterable`;
    case 3:
      return `'${a}' object is not subscriptable`;
    case 4:
      return `'${a}' object does not support item assignment`;
    case 5:
      return `'${a}' object doesn't support item deletion`;
    case 6:
      return `'in <string>' requires string as left operand, not ${a}`;
    case 7:
      return `cannot create weak reference to '${a}' object`;
    case 8:
      return `'${a}' object cannot be interpreted as an integer`;
    case 9:
      return `a bytes-like object is required, not '${a}'`;
    case 10:
      if (b === "str") return `string indices must be integers, not '${a}'`;
      return `${b === "bytes" ? "byte" : b} indices must be integers or slices, not ${a}`;
    case 12:
      return `bad operand type for ${UNARY[y]}: '${a}'`;
    case 13:
      return "weak object has gone away";
    case 15:
      return `'${a}' object has no such field`;
    case 16:
      return b === "bytes" ? `can't concat ${a} to bytes` : `can only concatenate ${b} (not "${a}") to ${b}`;
    case 17:
      return `can't multiply sequence by non-int of type '${a}'`;
    case 18:
      return "pow() 3rd argument not allowed unless all arguments are integers";
    case 19:
      return `unsupported operand type(s) for ** or pow(): '${a}', '${b}', '${c}'`;
    case 20:
      return "must assign iterable to extended slice";
    case 21:
      return `__index__ returned non-int (type ${a})`;
    case 23:
      return `'${a}' object is not an iterator`;
    case 22:
      return `sequence index must be integer, not '${a}'`;
    default:
      return `unexpected type '${a}'`;
  }
}

/** Why an object of type `a`, or a weak reference that is dead (1), has no hash. */
function whyNoHash(a: string, isDead: number): string {
  return isDead === 1 ? "weak object has gone away" : `unhashable type: '${a}'`;
}

/** The exception for an error of the core that is no MemoryError. */
export function toException(facts: ErrorFacts): PyException {
  const { code, x, y, a, b, repr } = facts;
  switch (code) {
    case C.E_UNHASHABLE:
      return new PyException(
        "TypeError",
        x === 0 ? `unhashable type: '${a}'` : `cannot use '${b}' as ${USES[x]} (${whyNoHash(a, y)})`,
      );
    case C.E_KEY:
      return new PyException("KeyError", repr());
    case C.E_INDEX:
      return new PyException("IndexError", `${x === 2 ? "pop " : (SEQUENCES[a] ?? `${a} `)}${WHAT_INDEX[x]}`);
    case C.E_OPERANDS:
      return new PyException(
        "TypeError",
        `unsupported operand type(s) for ${operatorName(x, y === 1)}: '${a}' and '${b}'`,
      );
    case C.E_ORDER:
      return new PyException("TypeError", `'${COMPARISONS[x]}' not supported between instances of '${a}' and '${b}'`);
    case C.E_DIVISION:
      return new PyException("ZeroDivisionError", x === 1 ? "zero to a negative power" : "division by zero");
    case C.E_OVERFLOW:
      return new PyException("OverflowError", OVERFLOWS[x] ?? "too large");
    case C.E_VALUE:
      return new PyException("ValueError", valueError(facts));
    case C.E_RECURSION:
      return new PyException("RecursionError", "maximum recursion depth exceeded");
    case C.E_CHANGED:
      return new PyException("RuntimeError", `${a === "dict" ? "dictionary" : a} changed size during iteration`);
    case C.E_API:
      return new PyException(EXCEPTION_TYPES[x >> 8]?.[0] ?? "SystemError", apiWords(x & 0xff, facts));
    case C.E_EMPTY:
      return a === "list"
        ? new PyException("IndexError", "pop from empty list")
        : new PyException("KeyError", a === "dict" ? "popitem(): dictionary is empty" : "pop from an empty set");
    default:
      return new PyException("TypeError", typeError(facts));
  }
}
