// The details of one function, beside the flame graph and the table: its source lines with their shares, its callers,
// and its callees.

import { AROUND } from "../src/page/sources.js";
import { callsOf, type FunctionCalls, type Share } from "../src/report/calls.js";
import { functionLabel } from "../src/report/trace-groups.js";
import type { TraceFunction } from "../src/trace/format.js";
import { type Aside, makeAside, makeList } from "./aside.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";
import type { State, Store } from "./state.js";
import { functionName, meaningOf, measure, originOf, percent, placeOf, searchFor } from "./words.js";

/** The number of callers, callees and lines that are shown at first. */
const FIRST_ROWS = 8;
/** Shown before a source line that does not directly follow the line above it. */
const GAP = "⋯";

const indentationOf = (text: string): number => text.length - text.trimStart().length;

/** The shown lines of a function, in order: lines with allocations, and the known lines around them. */
function linesOf(
  { firstLine }: TraceFunction,
  known: Readonly<Record<number, string>>,
  own: readonly number[],
): number[] {
  const least = Math.min(...own.map((line) => indentationOf(known[line] ?? "")));
  const last = Math.max(...own);
  const shown = new Set(own);
  for (const line of own) {
    for (let k = line - AROUND; k <= line + AROUND; k++) {
      const text = known[k];
      if (text === undefined || k < firstLine) continue;
      // A line after the last one of `own` belongs to another function if it has less indentation.
      if (k > last && text !== "" && indentationOf(text) < least) break;
      shown.add(k);
    }
  }
  const lines = [...shown].sort((a, b) => a - b);
  while (lines.length > 0 && known[lines.at(-1) ?? 0] === "") lines.pop();
  return lines;
}

export class Details {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #aside: Aside<string>;

  constructor(model: Model, store: Store) {
    this.#model = model;
    this.#store = store;
    this.#aside = makeAside("Selected function", (selected) => store.set({ selected }));
    this.element = this.#aside.element;
    store.on(["from", "to", "withStart", "withImports", "withTypes", "view", "metric", "selected", "tab"], () =>
      this.update(),
    );
  }

  /** To be called when the selection or its figures have changed. */
  update(): void {
    const { state } = this.#store;
    const { selected, tab, view } = state;
    if (selected === undefined || (tab !== "flame" && tab !== "table")) {
      this.#aside.hide();
      return;
    }
    const isType = this.#model.tree.functions.some((known) => known.isType && functionLabel(known) === selected);
    const parts = { withImports: state.withImports, withTypes: isType || state.withTypes };
    const groupable = this.#model.groupable(view, this.#model.spanOf(state), parts);
    const f = groupable.tree.functions.find((candidate) => functionLabel(candidate) === selected);
    if (!f) return;
    const calls = callsOf(groupable, view, selected);
    this.#aside.show(selected, () => this.#show(f, calls));
  }

  #show(f: TraceFunction, calls: FunctionCalls): void {
    const { state } = this.#store;
    const { metric, view } = state;
    const whole = this.#model.whole(view, this.#model.spanOf(state))[metric];
    this.#aside.title.textContent = functionName(f);
    const origin = f.isType ? "type of objects" : this.#model.originName(originOf(f));
    this.#aside.place.textContent =
      meaningOf(f) || [placeOf(f, f.firstLine), origin].filter((part) => part).join(" · ");
    const figure = (name: string, value: number) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, measure(value, metric), h("small", {}, percent(value, whole))));
    this.#aside.content.replaceChildren(
      h(
        "dl",
        { class: "pair" },
        figure(f.isType ? "All objects" : "Own", calls.own[metric]),
        ...(f.isType ? [] : [figure("Total", calls.total[metric])]),
      ),
      ...this.#sourceOf(f, calls, state),
      ...this.#list(f.isType ? "Made in" : "Called from", calls.callers, calls.total[metric], state),
      ...this.#list("Calls", calls.callees, calls.total[metric], state),
      h("button", { type: "button", class: "quiet", onclick: () => this.#find(f) }, "Find in the flame graph"),
    );
  }

  #find(f: TraceFunction): void {
    const withTypes = f.isType || this.#store.state.withTypes;
    this.#store.set({
      tab: "flame",
      search: searchFor(f),
      withTypes,
      // In a narrow window the details would cover what was found.
      ...(this.#aside.covers() && { selected: undefined }),
    });
    (this.element.getRootNode() as ParentNode).querySelector("#panel-flame")?.scrollIntoView({ block: "nearest" });
  }

  /** The lines with allocations, and the lines around them, as far as the page has them. */
  #sourceOf(f: TraceFunction, { lines }: FunctionCalls, { metric }: State): HTMLElement[] {
    const known = this.#model.data.header.sources?.[f.file] ?? {};
    const figures = new Map(
      lines.filter(({ frame }) => frame.line > 0).map((share) => [share.frame.line, share[metric]]),
    );
    if (figures.size === 0) return [];
    const shown = linesOf(f, known, [...figures.keys()]);
    const indentation = Math.min(
      ...shown.filter((line) => known[line]).map((line) => indentationOf(known[line] ?? "")),
    );
    const most = Math.max(...figures.values(), 1);
    let last = 0;
    const rows = shown.flatMap((line) => {
      const gap = last > 0 && line > last + 1 ? [h("li", { class: "gap", "aria-hidden": "true" }, GAP)] : [];
      last = line;
      const value = figures.get(line);
      const row = h(
        "li",
        { class: value === undefined ? "" : "has" },
        h("span", { class: "line" }, String(line)),
        h("span", { class: "value" }, value === undefined ? "" : measure(value, metric)),
        h("code", {}, (known[line] ?? "").slice(indentation)),
      );
      row.style.setProperty("--share", String((value ?? 0) / most));
      return [...gap, row];
    });
    const isKnown = [...figures.keys()].some((line) => known[line] !== undefined);
    const why = `The page has no source of this function: ${f.file} was not found, or has changed, when the page was made.`;
    return [
      h("h4", {}, "Lines"),
      h("ul", { class: "source", "aria-label": "Lines of source, with what each has" }, ...rows),
      ...(isKnown ? [] : [h("p", { class: "quiet-text" }, why)]),
    ];
  }

  #list(title: string, shares: readonly Share[], whole: number, { metric }: State): HTMLElement[] {
    const rows = shares.map((share) => {
      const { function: f, line } = share.frame;
      const select = () => this.#store.set({ selected: functionLabel(f) });
      return h(
        "li",
        {},
        h("button", { type: "button", class: "link", onclick: select }, functionName(f)),
        h("span", { class: "value" }, measure(share[metric], metric), h("small", {}, percent(share[metric], whole))),
        h("small", { class: "place" }, h("bdi", {}, placeOf(f, line))),
      );
    });
    return makeList(title, rows, FIRST_ROWS);
  }
}
