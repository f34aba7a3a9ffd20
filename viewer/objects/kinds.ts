// Kinds of objects, by which the treemap is coloured.

import { NODE, type ObjectGraph } from "../../src/snapshot/graph.js";

export const KINDS = ["instance", "container", "data", "code", "memory"] as const;
/**
 * A group is a node without memory of its own (the root, a thread), or many small pieces of different types together.
 */
export type Kind = (typeof KINDS)[number] | "group";

export const KIND_NAMES: Readonly<Record<(typeof KINDS)[number], string>> = {
  instance: "other objects",
  container: "containers",
  data: "text and bytes",
  code: "code",
  memory: "memory of no object",
};

const KIND_OF: ReadonlyMap<string, Kind> = new Map([
  ...["dict", "list", "tuple", "set", "frozenset"].map((type) => [type, "container"] as const),
  ...["collections.deque", "collections.OrderedDict", "collections.defaultdict", "collections.Counter"].map(
    (type) => [type, "container"] as const,
  ),
  ...["str", "bytes", "bytearray", "memoryview", "array.array"].map((type) => [type, "data"] as const),
  ...["function", "code", "type", "module", "method", "cell", "property", "staticmethod", "classmethod"].map(
    (type) => [type, "code"] as const,
  ),
  ...["builtin_function_or_method", "method_descriptor", "wrapper_descriptor", "getset_descriptor"].map(
    (type) => [type, "code"] as const,
  ),
  ...["member_descriptor", "classmethod_descriptor", "abc.ABCMeta", "enum.EnumType", "frame"].map(
    (type) => [type, "code"] as const,
  ),
]);

export function kindOf({ kinds, types, strings }: ObjectGraph, node: number): Kind {
  const kind = kinds[node];
  if (kind === NODE.memory) return "memory";
  if (kind === NODE.synthetic) return "group";
  if (kind === NODE.string) return "data";
  if (kind === NODE.frame) return "code";
  return KIND_OF.get(strings[types[node] as number] as string) ?? "instance";
}
