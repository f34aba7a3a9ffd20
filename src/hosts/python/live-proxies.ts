// The live PyProxies at a moment, as a list, in groups, and as a text: what JavaScript forgot to destroy, and where it was
// made.

import { findDominators } from "../../snapshot/dominators.js";
import { NODE, type ObjectGraph, PROXY_TYPE } from "../../snapshot/graph.js";
import { callLines, groupsOf } from "../../snapshot/held-proxy.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { time } from "../../text/time.js";
import type { WatchedProxy } from "./proxies.js";

/** A PyProxy, by which JavaScript holds an object of the interpreter. */
export interface LiveProxy {
  /** The object's id(). */
  readonly object: number;
  /** The name of the object's type, with its module unless it is built in; undefined if it is not known. */
  readonly type: string | undefined;
  /** The JavaScript stack of the proxy's creation, innermost call first; "" if it was not noted. */
  readonly stack: string;
  /** Whole milliseconds since the proxy was made. */
  readonly age: number;
  /** Bytes that would be free if this proxy alone were destroyed; undefined unless it was asked for. */
  readonly retained: number | undefined;
}

/** Proxies of objects of one type that were made by one stack. */
export interface ProxyGroup {
  readonly type: string | undefined;
  readonly stack: string;
  readonly count: number;
  /** The age of the oldest proxy, in milliseconds. */
  readonly age: number;
  /** The sum of the proxies' retained bytes; undefined unless it was asked for. */
  readonly retained: number | undefined;
}

/** How many groups, and how many calls of each, a text shows. */
const MOST_GROUPS = 10;
const MOST_CALLS = 5;

/** The retained bytes of each proxy; proxies are nodes of the graph in the order in which they are watched. */
function* retainedBy(graph: ObjectGraph): Generator<number> {
  const { retained } = findDominators(graph);
  for (let node = 0; node < graph.nodeCount; node++) {
    const isProxy = graph.kinds[node] === NODE.synthetic && graph.strings[graph.types[node] as number] === PROXY_TYPE;
    if (isProxy) yield retained[node] as number;
  }
}

/** The proxies by which a program held objects at a moment; the oldest first. */
export class LiveProxies implements Iterable<LiveProxy> {
  readonly #proxies: readonly LiveProxy[];

  /** @internal */
  constructor(watched: Iterable<WatchedProxy>, typeName: (object: number) => string | undefined, graph?: ObjectGraph) {
    const now = Date.now();
    const retained = graph && retainedBy(graph);
    const proxies: LiveProxy[] = [];
    for (const { object, stack, made, isOwn } of watched) {
      const bytes: number | undefined = retained?.next().value;
      if (isOwn) continue;
      proxies.push({ object, type: typeName(object), stack, age: Math.max(0, now - made), retained: bytes });
    }
    this.#proxies = proxies;
  }

  get length(): number {
    return this.#proxies.length;
  }

  [Symbol.iterator](): Iterator<LiveProxy> {
    return this.#proxies[Symbol.iterator]();
  }

  /** The proxies by type and stack; the largest group first. */
  groups(): ProxyGroup[] {
    return groupsOf(this.#proxies, ({ type, stack }) => `${type}\n${stack}`).map(([, proxies]) => {
      const { type, stack, age, retained } = proxies[0] as LiveProxy;
      const sum = retained === undefined ? undefined : proxies.reduce((all, each) => all + (each.retained ?? 0), 0);
      return { type, stack, count: proxies.length, age, retained: sum };
    });
  }

  /** The largest groups, with the calls that made them. */
  toString(): string {
    const groups = this.groups();
    const lines = [`${counted(this.length, "live PyProxy", "live PyProxies")}`];
    for (const { type, stack, count, age, retained } of groups.slice(0, MOST_GROUPS)) {
      const holds = retained === undefined ? "" : `, ${bytes(retained)} held by them alone`;
      lines.push(
        `  ${counted(count, "proxy", "proxies")} of ${type ?? "an object"}, up to ${time(age * 1000)} old${holds}`,
      );
      const calls = stack === "" ? [] : stack.split("\n").slice(0, MOST_CALLS);
      lines.push(...callLines(calls));
    }
    if (groups.length > MOST_GROUPS) lines.push(`  and ${counted(groups.length - MOST_GROUPS, "more group")}`);
    return lines.join("\n");
  }
}
