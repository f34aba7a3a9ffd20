// Attributes and calls of any object, across the border to C.

import type { Bridge } from "../bridge/bridge.js";

/** o.name. Throws AttributeError, as a PyException. */
export function getAttribute(bridge: Bridge, index: number, name: string): unknown {
  bridge.key(name);
  return bridge.value(bridge.border.run(() => bridge.f.get_attribute(index)));
}

/** o.name = value; or del o.name, if `values` is empty. */
export function setAttribute(bridge: Bridge, index: number, name: string, values: readonly unknown[]): void {
  bridge.key(name);
  bridge.pushAbove(1, values);
  bridge.succeed(bridge.border.run(() => bridge.f.set_attribute(index, values.length)));
}

/** o(...args, **named). */
export function callNamed(
  bridge: Bridge,
  index: number,
  args: readonly unknown[],
  named: Readonly<Record<string, unknown>>,
): unknown {
  const names = Object.keys(named);
  bridge.pushAll([...args, ...Object.values(named)]);
  const n = args.length + names.length;
  if (names.length === 0) return bridge.call(index, n);
  bridge.pushAbove(n, names);
  bridge.succeed(bridge.f.build_tuple(names.length));
  return bridge.value(bridge.border.run(() => bridge.f.call_object(index, n, 1)));
}

/** o.name(...args). */
export function callMethod(bridge: Bridge, index: number, name: string, args: readonly unknown[]): unknown {
  bridge.key(name);
  bridge.f.push_handle(index);
  bridge.pushAbove(2, args);
  return bridge.value(bridge.border.run(() => bridge.f.call_method(args.length + 1)));
}
