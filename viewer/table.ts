// The table: groups in rows, sorted by any column, filtered by the search.

import { functionLabel, GROUPINGS, type Group, type Grouping, groupBy } from "../src/report/trace-groups.js";
import { intervalOf } from "../src/trace/sampling.js";
import { type Column, DataTable, figureCell } from "./data-table.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";
import { makeSegments } from "./segments.js";
import type { Store } from "./state.js";
import { byteRange, bytes, count, counted, meaningOf, percent, placeOf } from "./words.js";

const GROUPING_NAMES: Readonly<Record<Grouping, string>> = {
  function: "Function",
  line: "Line",
  file: "File",
  module: "Module",
  type: "Type",
  domain: "Domain",
  size: "Size",
};

/** The groupings whose rows are not code. Such a row calls nothing, so its total equals its own sum. */
const KINDS: readonly Grouping[] = ["type", "domain", "size"];

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
      segments: GROUPINGS.filter((grouping) => grouping !== "type" || model.hasTypes).map((grouping) => ({
        value: grouping,
        name: GROUPING_NAMES[grouping],
      })),
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
      this.#model.groupable(state.view, this.#model.spanOf(state), {
        withImports: state.withImports,
        withTypes: state.grouping === "type",
      }),
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
    const isKind = KINDS.includes(state.grouping);
    const total: Column<Group> = {
      name: "Total",
      title: "Allocated by the code itself, and by what it calls",
      of: (group) => group.total.bytes,
      cell: (group) => figureCell(bytes(group.total.bytes), { more: percent(group.total.bytes, whole) }),
    };
    return [
      {
        name: GROUPING_NAMES[state.grouping],
        of: ({ label }) => label,
        cell: (group) =>
          h(
            "th",
            { scope: "row" },
            h(
              "div",
              { class: "what" },
              ...labelOf(group, state.grouping, this.#opener(group)),
              ...this.#sourceOf(group),
            ),
          ),
      },
      {
        name: isKind ? "Bytes" : "Own",
        title: isKind ? "" : "Allocated by the code itself, without what it calls",
        of: ({ own }) => own.bytes,
        cell: (group) => {
          const { own } = group;
          const beside = { more: percent(own.bytes, whole), share: share(own.bytes), title: this.#within(group) };
          return figureCell(bytes(own.bytes), beside);
        },
      },
      ...(isKind ? [] : [total]),
      { name: "Blocks", of: ({ own }) => own.count, cell: ({ own }) => figureCell(count(own.count)) },
    ];
  }

  /** The interval that contains the true value, in words, if the recording is sampled. */
  #within({ own, variance }: Group): string {
    const { sample } = this.#model.data.header;
    return sample > 0 ? `Very likely ${byteRange(intervalOf(own.bytes, variance, sample))}` : "";
  }

  /** The source of a line, if it is known. */
  #sourceOf({ frame }: Group): HTMLElement[] {
    if (this.#store.state.grouping !== "line" || !frame) return [];
    const text = this.#model.sourceLine(frame.function.file, frame.line);
    return text ? [h("code", { title: text }, text)] : [];
  }

  /** The action that shows more about a row; undefined if there is nothing more. */
  #opener({ frame }: Group): Opener | undefined {
    if (!frame) return undefined;
    const { grouping } = this.#store.state;
    const f = frame.function;
    if (grouping === "type") {
      return {
        title: "Show where its objects were made",
        open: () => this.#store.set({ selected: functionLabel(f) }),
      };
    }
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

/** The name of a group, and its place if it is a function or a line. */
function partsOf({ label, frame }: Group, grouping: Grouping): { name: string; place: string } {
  if (!frame || frame.function.file === "" || (grouping !== "function" && grouping !== "line")) {
    return { name: label, place: "" };
  }
  const { function: f, line } = frame;
  return { name: f.name, place: placeOf(f, grouping === "function" ? f.firstLine : line) };
}

function labelOf(group: Group, grouping: Grouping, opener: Opener | undefined): Node[] {
  const { name, place } = partsOf(group, grouping);
  const says = group.says ?? (group.frame && meaningOf(group.frame.function)) ?? "";
  const shown = opener
    ? h("button", { type: "button", class: "link", title: opener.title, onclick: opener.open }, name)
    : h("span", {}, name);
  if (place !== "") return [shown, h("small", { title: place }, h("bdi", {}, place))];
  return says === "" ? [shown] : [shown, h("small", { class: "says", title: says }, says)];
}
