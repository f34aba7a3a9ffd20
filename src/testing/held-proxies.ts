// The PyProxies that a function makes and does not destroy, with the calls in JavaScript that made them.

import { callLines, groupsOf, type HeldProxy } from "../snapshot/held-proxy.js";
import { counted } from "../text/numbers.js";
import { MOST_FRAMES, MOST_STACKS } from "./blamed.js";
import { whenEnded } from "./ending.js";
import type { MatcherResult } from "./matchers.js";

export type { HeldProxy };

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
  return callLines(lines.slice(0, own < 0 ? MOST_FRAMES : Math.min(own, MOST_FRAMES)));
}

/** Calls the function. Its name marks the end of what a stack shows. */
const calledByMatcher = (tested: () => unknown): unknown => tested();

/** The most frequent types and stacks of the proxies, as lines. */
function blamed(proxies: readonly HeldProxy[], typeName: TypeName): string {
  const groups = groupsOf(proxies, ({ object, stack }) =>
    [typeName(object) ?? "an object", ...framesOf(stack)].join("\n"),
  );
  const lines = groups.slice(0, MOST_STACKS).map(([text, { length }]) => `  ${counted(length, "time")} ${text}`);
  if (groups.length > MOST_STACKS) lines.push(`  and ${counted(groups.length - MOST_STACKS, "more stack")}`);
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
