// The PyProxies that a function makes and does not destroy, with the calls in JavaScript that made them.

import { counted } from "../text/numbers.js";
import { MOST_FRAMES, MOST_STACKS } from "./blamed.js";
import { whenEnded } from "./ending.js";
import type { MatcherResult } from "./matchers.js";

/** A proxy by which JavaScript holds an object of an interpreter. */
export interface HeldProxy {
  /** The object's id(). */
  readonly object: number;
  /** The JavaScript stack of the proxy's creation, innermost call first; "" if it was not noted. */
  readonly stack: string;
}

/** The proxies that are live at the moment. */
export interface WatchedProxies extends Iterable<HeldProxy> {
  /** Whether stacks of creation are noted from now on. */
  withStacks: boolean;
}

/** The name of the type of an object. */
type TypeName = (object: number) => string | undefined;

/** A line for each call of a stack, without the test's own machinery below `calledByMatcher`. */
function framesOf(stack: string): string[] {
  const lines = stack.split("\n");
  const own = lines.findIndex((line) => line.includes(calledByMatcher.name));
  return lines
    .slice(0, own < 0 ? MOST_FRAMES : Math.min(own, MOST_FRAMES))
    .map((line, k) => (k === 0 ? `    ${line}` : `    from ${line}`));
}

/** Calls the function. Its name marks the end of what a stack shows. */
const calledByMatcher = (tested: () => unknown): unknown => tested();

/** The most frequent types and stacks of the proxies, as lines. */
function blamed(proxies: readonly HeldProxy[], typeName: TypeName): string {
  const groups = new Map<string, number>();
  for (const { object, stack } of proxies) {
    const text = [typeName(object) ?? "an object", ...framesOf(stack)].join("\n");
    groups.set(text, (groups.get(text) ?? 0) + 1);
  }
  const rows = [...groups].sort(([, a], [, b]) => b - a);
  const lines = rows.slice(0, MOST_STACKS).map(([text, count]) => `  ${counted(count, "time")} ${text}`);
  if (rows.length > MOST_STACKS) lines.push(`  and ${counted(rows.length - MOST_STACKS, "more stack")}`);
  return lines.join("\n");
}

/** Judges what a call of the function leaves. Notes stacks meanwhile, whether they are noted otherwise or not. */
export function heldProxies(
  proxies: WatchedProxies,
  typeName: TypeName,
  tested: () => unknown,
): MatcherResult | Promise<MatcherResult> {
  const before = new Set(proxies);
  const { withStacks } = proxies;
  proxies.withStacks = true;
  const end = () => {
    proxies.withStacks = withStacks;
  };
  const judge = (): MatcherResult => {
    end();
    const left = [...proxies].filter((proxy) => !before.has(proxy));
    if (left.length === 0) return { pass: true, message: () => "it destroyed every PyProxy that it made" };
    const claim = `it left ${counted(left.length, "PyProxy", "PyProxies")}`;
    const text = `${claim}:\n${blamed(left, typeName)}`;
    return { pass: false, message: () => text };
  };
  return whenEnded(() => calledByMatcher(tested), judge, end);
}
