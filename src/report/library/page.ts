// A trace as the page that `pyheap report flamegraph` writes.

import { buildPage, factsOf } from "../../page/build.js";
import { withSources } from "../../page/sources.js";
import { Spans } from "../../page/spans.js";
import { withTypes } from "../../page/types.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import { readTrace } from "../../trace/reader.js";
import { flamegraphPage as pageOf } from "../flamegraph.js";
import { ReportError } from "../load.js";
import { Sources } from "../sources.js";
import { bytesOf, nameOf, type TraceInput } from "./input.js";
import type { AnalyseOptions } from "./report.js";

/** `within`: a block is temporary if it is freed before more than this number of others are allocated; the default is 0. */
export type PageOptions = Pick<AnalyseOptions, "name" | "within" | "source">;

/** The page, and what was read for it. */
export interface MadePage {
  readonly html: string;
  readonly events: number;
}

/** What else the command can put into a page. */
interface MoreOptions extends PageOptions {
  /** A heap snapshot of the recording's end, which tells the types of blocks. */
  readonly snapshot?: ObjectGraph | undefined;
}

/** Reads a trace and makes its page. Throws TraceError if it is not a trace. */
export async function makePage(
  trace: TraceInput,
  { name = nameOf(trace), within = 0, source, snapshot }: MoreOptions = {},
): Promise<MadePage> {
  const spans = new Spans({ temporary: within + 1 });
  const summary = await readTrace(bytesOf(trace), name, spans);
  if (summary.metadata.aggregated && within > 0) {
    throw new ReportError(
      `Cannot show temporary blocks of ${name} that were not freed at once: it was recorded with --aggregate, which keeps totals only`,
    );
  }
  const facts = factsOf(spans, summary.metadata, summary.problem ?? null);
  const built = buildPage(spans, facts);
  const data = snapshot ? withTypes(built, snapshot) : built;
  const sources = source && new Sources(facts, source);
  const html = await pageOf(sources ? withSources(data, (file) => sources.lines(file)) : data, undefined, [name]);
  return { html, events: summary.events };
}

/** One HTML page that shows everything and needs nothing else: timeline, flame graph, table, heap map. */
export async function flamegraphPage(trace: TraceInput, options: PageOptions = {}): Promise<Blob> {
  const { html } = await makePage(trace, options);
  return new Blob([html], { type: "text/html;charset=utf-8" });
}
