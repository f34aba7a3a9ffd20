// The proxies by which JavaScript holds objects of an interpreter, in groups and as lines of text.

/** A proxy by which JavaScript holds an object of an interpreter. */
export interface HeldProxy {
  /** The object's id(), which is its address. */
  readonly object: number;
  /** The JavaScript stack of the proxy's creation, innermost call first; "" if it was not noted. */
  readonly stack: string;
}

/** Proxies in groups that have a key in common; the largest group first. */
export function groupsOf<Proxy extends HeldProxy>(
  proxies: Iterable<Proxy>,
  keyOf: (proxy: Proxy) => string,
): [key: string, proxies: Proxy[]][] {
  const groups = new Map<string, Proxy[]>();
  for (const proxy of proxies) {
    const key = keyOf(proxy);
    const group = groups.get(key);
    if (group) group.push(proxy);
    else groups.set(key, [proxy]);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

/** A line for each call of a stack, from the innermost one outwards. */
export const callLines = (calls: readonly string[]): string[] =>
  calls.map((call, k) => `    ${k === 0 ? "" : "from "}${call}`);
