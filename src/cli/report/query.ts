// `pyheap report query`: the objects that an expression describes.

import { type Command, Option } from "commander";
import type { Colors } from "picocolors/types.js";
import { nodeText, tableOf } from "../../report/objects.js";
import { evaluateQuery, retainedByAll } from "../../report/query.js";
import { parseQuery, type Query, QueryError } from "../../report/query-parse.js";
import { Paths } from "../../snapshot/paths.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { forTerminal } from "../../text/visible.js";
import { UsageError } from "../system/errors.js";
import { toCount } from "./options.js";
import { writeOutput } from "./output.js";
import { loadDominators } from "./snapshot-input.js";
import { terminalColors } from "./trace-input.js";

const SORTINGS = ["retained", "size"] as const;

interface QueryOptions {
  readonly sort: (typeof SORTINGS)[number];
  readonly rows: number;
  readonly json?: boolean;
}

const EXAMPLES = `
Examples:
  pyheap report query app.heapsnapshot 'type == Point and retained > 1KiB'
  pyheap report query app.heapsnapshot 'type == "str" and value ~ "^http" and size >= 100'
  pyheap report query app.heapsnapshot '.children[0].name == "root"'      by attributes and items
  pyheap report query app.heapsnapshot 'type == dict and held by type == Cache'
  pyheap report query app.heapsnapshot 'reachable from name == "cache" and not module == builtins'

Fields: type module value name kind (texts: == != ~ !~), size retained id references referrers (numbers).
Flags: garbage immortal shared static. Relations: reachable from, held by, refers to, referred to by; a condition follows.`;

export function addQuery(report: Command): void {
  report
    .command("query")
    .summary("the objects that an expression describes: by type, size, attribute, holder")
    .description("Shows the objects of a heap snapshot for which an expression is true (docs/snapshots.md).")
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .argument("<expression>", "such as 'type == Point and size > 1KiB'")
    .addOption(new Option("--sort <column>", "what comes first").choices(SORTINGS).default("retained"))
    .option("--rows <n>", "show at most this many rows", toCount, 20)
    .option("--json", "as JSON, with all objects")
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, expression: string, options: QueryOptions) => {
      await writeOutput("-", query(file, read(expression), options, terminalColors()));
    });
}

/** Reads the expression before the file, which can take long. */
function read(expression: string): Query {
  try {
    return parseQuery(expression);
  } catch (error) {
    throw error instanceof QueryError ? new UsageError(error.message) : error;
  }
}

/** The result in pieces: as JSON, it can be larger than what one string can have. */
function* query(
  file: string,
  expression: Query,
  { sort, rows, json = false }: QueryOptions,
  colors: Colors,
): Generator<string> {
  const { graph, dominators } = loadDominators(file);
  const { sizes, ids, types, values, strings } = graph;
  const column = sort === "size" ? sizes : dominators.retained;
  const nodes = evaluateQuery(graph, dominators, expression).sort(
    (a, b) => (column[b] as number) - (column[a] as number) || a - b,
  );
  const own = nodes.reduce((sum, node) => sum + (sizes[node] as number), 0);
  const retained = retainedByAll(dominators, nodes);
  const paths = new Paths(graph);
  if (json) {
    yield `${JSON.stringify({ count: nodes.length, own, retained }, null, 2).slice(0, -2)},\n  "objects": [`;
    for (const [k, node] of nodes.entries()) {
      const object = {
        ...{ id: ids[node] as number, type: strings[types[node] as number] as string },
        ...{ value: strings[values[node] as number] as string, own: sizes[node] as number },
        ...{ retained: dominators.retained[node] as number, path: paths.shortText(node) },
      };
      yield `${k === 0 ? "" : ","}\n    ${JSON.stringify(object, null, 2).replaceAll("\n", "\n    ")}`;
    }
    yield `${nodes.length === 0 ? "" : "\n  "}]\n}\n`;
    return;
  }
  const sums = `${counted(nodes.length, "object")}, own ${bytes(own)}, retained ${bytes(retained)}\n`;
  yield sums;
  if (nodes.length === 0) return;
  const cells = (node: number) => [
    ...[bytes(sizes[node] as number), bytes(dominators.retained[node] as number)],
    ...[nodeText(graph, node), forTerminal(paths.shortText(node) ?? "(only weak references)")],
  ];
  yield `\n${tableOf(["own", "retained", "object", "held by"], nodes, cells, rows, colors, 2)}`;
}
