// The table: groups in rows, sorted by any column, filtered by the search. It is an ordinary HTML table, so that every
// screen reader can read it.

import { functionLabel, GROUPINGS, type Group, type Grouping, groupBy } from "../src/report/trace-groups.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";
import { makeSegments } from "./segments.js";
import type { Store } from "./state.js";
import { bytes, count, counted, percent } from "./words.js";

const FIRST_ROWS = 100;
const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  function: "Function",
  line: "Line",
  file: "File",
  module: "Module",
  domain: "Domain",
  size: "Size class",
};

interface Column {
  readonly name: string;
  readonly of: (group: Group) => number | string;
}

/** What a click on a row does. */
interface Opener {
  readonly title: string;
  readonly open: () => void;
}

const COLUMNS: readonly Column[] = [
  { name: "", of: ({ label }) => label },
  { name: "Own", of: ({ own }) => own.bytes },
  { name: "Total", of: ({ total }) => total.bytes },
  { name: "Blocks", of: ({ own }) => own.count },
];

export class Table {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #head = h("tr");
  readonly #body = h("tbody");
  readonly #caption = h("caption", { class: "hidden" });
  readonly #more = h("button", { type: "button", class: "quiet more", onclick: () => this.#showMore() });
  readonly #empty = h("p", { class: "empty" });
  #groups: readonly Group[] = [];
  #sorted = 1;
  #descends = true;
  #rows = FIRST_ROWS;

  constructor(model: Model, store: Store) {
    this.#model = model;
    this.#store = store;
    const choices = makeSegments({
      label: "A row is a",
      segments: GROUPINGS.map((grouping) => ({ value: grouping, name: GROUPING_NAMES[grouping] })),
      isSmall: true,
      choose: (grouping) => store.set({ grouping }),
    });
    this.element = h(
      "div",
      { class: "table" },
      h("div", { class: "row" }, choices.element),
      h("div", { class: "table-scroller" }, h("table", {}, this.#caption, h("thead", {}, this.#head), this.#body)),
      this.#empty,
      this.#more,
    );
    store.on(["grouping"], ({ grouping }) => choices.show(grouping));
    store.on(["from", "to", "withStart", "withImports", "view", "grouping", "tab"], () => this.#regroup());
    store.on(["search"], () => this.#show());
  }

  #regroup(): void {
    const { state } = this.#store;
    if (state.tab !== "table") return;
    this.#groups = groupBy(
      this.#model.groupable(state.view, this.#model.spanOf(state), state),
      state.view,
      state.grouping,
    );
    this.#rows = FIRST_ROWS;
    this.#show();
  }

  #showMore(): void {
    this.#rows *= 4;
    this.#show();
  }

  #sort(column: number): void {
    this.#descends = this.#sorted === column ? !this.#descends : column !== 0;
    this.#sorted = column;
    this.#show();
  }

  #order(groups: readonly Group[]): Group[] {
    const of = COLUMNS[this.#sorted]?.of ?? (({ label }: Group) => label);
    const sign = this.#descends ? -1 : 1;
    return [...groups].sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
    });
  }

  #show(): void {
    const { state } = this.#store;
    if (state.tab !== "table") return;
    const search = state.search.toLowerCase();
    const found = this.#order(this.#groups.filter(({ label }) => label.toLowerCase().includes(search)));
    const whole = this.#model.whole(state.view, this.#model.spanOf(state)).bytes;
    this.#head.replaceChildren(...COLUMNS.map((_, k) => this.#headCell(k)));
    this.#body.replaceChildren(...found.slice(0, this.#rows).map((group) => row(group, whole, this.#opener(group))));
    this.#caption.textContent = `By ${GROUPING_NAMES[state.grouping].toLowerCase()}, ${counted(found.length, "row")}`;
    this.#more.hidden = found.length <= this.#rows;
    this.#more.textContent = `Show more of ${count(found.length - this.#rows)}`;
    this.#empty.hidden = found.length > 0;
    this.#empty.textContent =
      search === "" ? "The picked span has no such allocations." : `Nothing is called “${state.search}”.`;
  }

  /** The action that shows more about a row; undefined if there is nothing more. */
  #opener({ frame }: Group): Opener | undefined {
    if (!frame) return undefined;
    const { grouping } = this.#store.state;
    const f = frame.function;
    if (grouping === "function" || grouping === "line") {
      return {
        title: "Show its lines, and who calls it",
        open: () => this.#store.set({ selected: functionLabel(f) }),
      };
    }
    return {
      title: "Find in the flame graph",
      open: () => this.#store.set({ tab: "flame", search: f.file || f.name }),
    };
  }

  #headCell(column: number): HTMLElement {
    const name = column === 0 ? GROUPING_NAMES[this.#store.state.grouping] : (COLUMNS[column]?.name ?? "");
    const isSorted = this.#sorted === column;
    const direction = this.#descends ? "descending" : "ascending";
    const sign = isSorted ? (this.#descends ? " ↓" : " ↑") : "";
    return h(
      "th",
      { scope: "col", class: column === 0 ? "" : "figure", "aria-sort": isSorted ? direction : "none" },
      h("button", { type: "button", onclick: () => this.#sort(column) }, `${name}${sign}`),
    );
  }
}

/** The name and the place in a label: `parse` and `app.py:12` in `parse (app.py:12)` and in `app.py:12 parse`. */
function partsOf(text: string): { name: string; place: string } {
  const [, name = text, place = ""] = /^(.+) \((.+)\)$/.exec(text) ?? [];
  if (place !== "") return { name, place };
  const [, first = "", second = text] = /^(\S+:\d+) (.+)$/.exec(text) ?? [];
  return { name: second, place: first };
}

function label(text: string, opener: Opener | undefined): Node[] {
  const { name, place } = partsOf(text);
  const shown = opener
    ? h("button", { type: "button", class: "link", title: opener.title, onclick: opener.open }, name)
    : h("span", {}, name);
  return place === "" ? [shown] : [shown, h("small", { title: place }, h("bdi", {}, place))];
}

function row({ label: text, own, total }: Group, whole: number, opener: Opener | undefined): HTMLElement {
  const share = whole > 0 ? Math.max(0, Math.min(1, own.bytes / whole)) : 0;
  const bar = h("i", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(share));
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, ...label(text, opener)),
    h("td", { class: "figure" }, bar, h("span", {}, bytes(own.bytes)), h("small", {}, percent(own.bytes, whole))),
    h("td", { class: "figure" }, h("span", {}, bytes(total.bytes)), h("small", {}, percent(total.bytes, whole))),
    h("td", { class: "figure" }, h("span", {}, count(own.count))),
  );
}
