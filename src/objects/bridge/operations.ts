// Operations on any values, objects or not: repr, hash, operators, comparisons, and iteration.

import {
  BINARY_SIGNS,
  type BinaryOperator,
  COMPARISON_SIGNS,
  type Comparison,
  UNARY_SIGNS,
  type UnaryOperator,
} from "../../core/catalogue.gen.js";
import type { Bridge } from "./bridge.js";
import { Handle } from "./handle.js";

/** repr(value). */
export function reprOf(bridge: Bridge, value: unknown): string {
  return bridge.trying(() => {
    bridge.push(value);
    return bridge.value(bridge.f.repr_of()) as string;
  });
}

/** a <operator> b, as in Python. */
export function binary(bridge: Bridge, a: unknown, operator: BinaryOperator, b: unknown): unknown {
  const number = BINARY_SIGNS.indexOf(operator);
  if (number < 0)
    throw new RangeError(`Cannot use operator "${operator}": the operators are ${BINARY_SIGNS.join(" ")}`);
  return bridge.trying(() => {
    bridge.pushAll([a, b]);
    return bridge.value(bridge.f.binary_operator(number));
  });
}

export function unary(bridge: Bridge, operator: UnaryOperator, a: unknown): unknown {
  const number = UNARY_SIGNS.indexOf(operator);
  if (number < 0) throw new RangeError(`Cannot use operator "${operator}": the operators are ${UNARY_SIGNS.join(" ")}`);
  return bridge.trying(() => {
    bridge.push(a);
    return bridge.value(bridge.f.unary_operator(number));
  });
}

/** hash(value). */
export function hashOf(bridge: Bridge, value: unknown): number {
  bridge.push(value);
  const hash = bridge.f.hash_value();
  return hash === -1 ? bridge.raise() : hash;
}

/** a <comparison> b. */
export function compareValues(bridge: Bridge, a: unknown, comparison: Comparison, b: unknown): boolean {
  const op = COMPARISON_SIGNS.indexOf(comparison);
  if (op < 0)
    throw new RangeError(`Cannot compare with "${comparison}": the comparisons are ${COMPARISON_SIGNS.join(" ")}`);
  bridge.pushAll([a, b]);
  return bridge.number(bridge.f.compare_values(op)) === 1;
}

/**
 * What a method iterates over, in a form that can be pushed more than once: a handle or a string unchanged, anything
 * else as a new array.
 */
export type Iterated = Handle | string | readonly unknown[];

export function iterated(items: Iterable<unknown>): Iterated {
  if (items instanceof Handle || typeof items === "string") return items;
  if (items === null || typeof items !== "object" || !(Symbol.iterator in items)) {
    throw new TypeError(`Cannot iterate over ${items === null ? "null" : `a ${typeof items}`}`);
  }
  return [...items];
}

/** Pushes what is iterated over; an array becomes a list. */
export function pushIterated(bridge: Bridge, items: Iterated): void {
  if (items instanceof Handle || typeof items === "string") {
    bridge.push(items);
    return;
  }
  bridge.pushAll(items);
  bridge.succeed(bridge.f.build_list(items.length));
}
