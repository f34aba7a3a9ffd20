// The table: groups in rows, sorted by any column, filtered by the search.

import { functionLabel, GROUPINGS, type Group, type Grouping, groupBy } from "../src/report/trace-groups.js";
import { type Column, DataTable, figureCell } from "./data-table.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";
import { makeSegments } from "./segments.js";
import type { Store } from "./state.js";
import { bytes, count, counted, percent } from "./words.js";

const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  function: "Function",
  line: "Line",
  file: "File",
  module: "Module",
  domain: "Domain",
  size: "Size class",
};

/** What a click on a row does. */
interface Opener {
  readonly title: string;
  readonly open: () => void;
}

export class Table {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #table = new DataTable<Group>(1);
  #groups: readonly Group[] = [];

  constructor(model: Model, store: Store) {
    this.#model = model;
    this.#store = store;
    const choices = makeSegments({
      label: "A row is a",
      segments: GROUPINGS.map((grouping) => ({ value: grouping, name: GROUPING_NAMES[grouping] })),
      isSmall: true,
      choose: (grouping) => store.set({ grouping }),
    });
    this.element = h("div", { class: "table" }, h("div", { class: "row" }, choices.element), ...this.#table.parts);
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
    this.#show({ restarts: true });
  }

  #show(how: { readonly restarts?: boolean } = {}): void {
    const { state } = this.#store;
    if (state.tab !== "table") return;
    const search = state.search.toLowerCase();
    const rows = this.#groups.filter(({ label }) => label.toLowerCase().includes(search));
    this.#table.show(
      {
        rows,
        columns: this.#columns(),
        caption: `By ${GROUPING_NAMES[state.grouping].toLowerCase()}, ${counted(rows.length, "row")}`,
        empty: search === "" ? "The picked span has no such allocations." : `Nothing is called “${state.search}”.`,
      },
      how,
    );
  }

  #columns(): Column<Group>[] {
    const { state } = this.#store;
    const whole = this.#model.whole(state.view, this.#model.spanOf(state)).bytes;
    const share = (value: number) => (whole > 0 ? value / whole : 0);
    return [
      {
        name: GROUPING_NAMES[state.grouping],
        of: ({ label }) => label,
        cell: (group) => h("th", { scope: "row" }, ...label(group.label, this.#opener(group))),
      },
      {
        name: "Own",
        of: ({ own }) => own.bytes,
        cell: ({ own }) => figureCell(bytes(own.bytes), { more: percent(own.bytes, whole), share: share(own.bytes) }),
      },
      {
        name: "Total",
        of: ({ total }) => total.bytes,
        cell: ({ total }) => figureCell(bytes(total.bytes), { more: percent(total.bytes, whole) }),
      },
      { name: "Blocks", of: ({ own }) => own.count, cell: ({ own }) => figureCell(count(own.count)) },
    ];
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
