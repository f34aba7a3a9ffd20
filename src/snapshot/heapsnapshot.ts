// V8's format of heap snapshots, `.heapsnapshot`: the parts of it that we write, and what we add. Chrome's DevTools,
// memlab and other tools read it.
//
// It is JSON: rows of numbers without names, whose meaning `meta` gives, and a list of strings, which the rows name by number.
// Readers look a field up by its name in `meta`, so our own fields after V8's do no harm: `value`, a short text, and
// `flags`. They ignore lists that they do not know, so our list `buffers` does no harm either.

import { EDGE, NODE } from "./graph.js";

/** How a file begins: V8's snapshots and ours. */
export const SNAPSHOT_BEGIN = /^\{"snapshot":\s*\{"meta":/;

export const NODE_FIELDS = [
  ...["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"],
  ...["value", "flags"],
] as const;

/**
 * The place of a node among the numbers of `nodes`, as in V8's `locations`, and the address of a block that it owns.
 */
export const BUFFER_FIELDS = ["object_index", "address"] as const;

const EDGE_FIELDS = ["type", "name_or_index", "to_node"] as const;

/** V8's list of names, in its order. */
const NODE_TYPES = [
  ...["hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic"],
  ...["concatenated string", "sliced string", "symbol", "bigint", "object shape"],
];

const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];

/** The number in NODE_TYPES of each kind of node. */
export const NODE_TYPE_OF: Readonly<Record<number, number>> = {
  [NODE.synthetic]: NODE_TYPES.indexOf("synthetic"),
  [NODE.object]: NODE_TYPES.indexOf("object"),
  [NODE.string]: NODE_TYPES.indexOf("string"),
  [NODE.memory]: NODE_TYPES.indexOf("native"),
  [NODE.frame]: NODE_TYPES.indexOf("code"),
};

/** The number in EDGE_TYPES of each kind of edge. A key is a property whose name is `[...]`. */
export const EDGE_TYPE_OF: Readonly<Record<number, number>> = {
  [EDGE.attribute]: EDGE_TYPES.indexOf("property"),
  [EDGE.key]: EDGE_TYPES.indexOf("property"),
  [EDGE.index]: EDGE_TYPES.indexOf("element"),
  [EDGE.local]: EDGE_TYPES.indexOf("context"),
  [EDGE.cell]: EDGE_TYPES.indexOf("context"),
  [EDGE.internal]: EDGE_TYPES.indexOf("internal"),
  [EDGE.weak]: EDGE_TYPES.indexOf("weak"),
};

export const META = {
  node_fields: NODE_FIELDS,
  node_types: [NODE_TYPES, "string", "number", "number", "number", "number", "number", "string", "number"],
  edge_fields: EDGE_FIELDS,
  edge_types: [EDGE_TYPES, "string_or_number", "node"],
  trace_function_info_fields: ["function_id", "name", "script_name", "script_id", "line", "column"],
  trace_node_fields: ["id", "function_info_index", "count", "size", "children"],
  sample_fields: ["timestamp_us", "last_assigned_id"],
  location_fields: ["object_index", "script_id", "line", "column"],
  buffer_fields: BUFFER_FIELDS,
};
