// The table of types: how many objects, their own memory, and what they retain; and objects that a search finds.

import { GROUPINGS, type Grouping, type TypeRow } from "../../src/snapshot/types.js";
import { type Column, DataTable, figureCell } from "../data-table.js";
import { h } from "../dom.js";
import { makeSegments } from "../segments.js";
import { bytes, count, counted, percent } from "../words.js";
import type { HeapObjects } from "./heap.js";
import { meaningOfMemory } from "./memory.js";
import { objectRow } from "./row.js";
import type { ObjectsStore } from "./state.js";

const GROUPING_NAMES: Readonly<Record<Grouping, string>> = { type: "Type", module: "Module", size: "Size" };
const MOST_FOUND = 30;
/** Milliseconds after the last key, before objects are searched. */
const PAUSE = 150;

export class TypesTable {
  readonly element: HTMLElement;
  readonly #heap: () => HeapObjects;
  readonly #store: ObjectsStore;
  readonly #table = new DataTable<TypeRow>(1);
  readonly #found = h("div", { class: "found-objects" });
  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor(heap: () => HeapObjects, store: ObjectsStore) {
    this.#heap = heap;
    this.#store = store;
    const groupings = makeSegments({
      label: "A row is a",
      segments: GROUPINGS.map((grouping) => ({ value: grouping, name: GROUPING_NAMES[grouping] })),
      isSmall: true,
      choose: (grouping) => store.set({ grouping }),
    });
    this.element = h(
      "div",
      { class: "table" },
      h("div", { class: "row" }, groupings.element),
      ...this.#table.parts,
      this.#found,
    );
    store.on(["grouping"], ({ grouping }) => groupings.show(grouping));
    store.on(["which", "tab", "grouping"], () => this.#show({ restarts: true }));
    store.on(["search"], () => this.#show({ restarts: false }));
    store.on(["search", "which"], () => this.#findSoon());
  }

  #show(how: { readonly restarts: boolean }): void {
    const { tab, grouping, search } = this.#store.state;
    if (tab !== "types") return;
    const wanted = search.toLowerCase();
    const rows = this.#heap()
      .rows(grouping)
      .filter(({ name }) => name.toLowerCase().includes(wanted));
    const caption = `By ${GROUPING_NAMES[grouping].toLowerCase()}, ${counted(rows.length, "row")}`;
    const empty = `No ${GROUPING_NAMES[grouping].toLowerCase()} is called “${search}”.`;
    this.#table.show({ rows, columns: this.#columns(), caption, empty }, how);
  }

  #columns(): Column<TypeRow>[] {
    const { grouping } = this.#store.state;
    const { ofObjects, ofMemory } = this.#heap().sums;
    const whole = Math.max(1, ofObjects + ofMemory);
    const figure = (size: number) => figureCell(bytes(size), { more: percent(size, whole), share: size / whole });
    const open = (name: string) => this.#store.set({ selected: { kind: "row", by: grouping, name, isNew: false } });
    return [
      {
        name: GROUPING_NAMES[grouping],
        of: ({ name }) => name,
        cell: ({ name }) =>
          h(
            "th",
            { scope: "row" },
            nameLink(name, () => open(name)),
          ),
      },
      { name: "Own", of: ({ own }) => own, cell: ({ own }) => figure(own) },
      { name: "Retained", of: ({ retained }) => retained, cell: ({ retained }) => figure(retained) },
      { name: "Count", of: (row) => row.count, cell: (row) => figureCell(count(row.count)) },
    ];
  }

  #findSoon(): void {
    clearTimeout(this.#waiting);
    this.#found.replaceChildren();
    const { search } = this.#store.state;
    if (search.length < 2) return;
    this.#waiting = setTimeout(() => this.#find(search), PAUSE);
  }

  #find(search: string): void {
    const heap = this.#heap();
    const { found, count: all } = heap.find(search, MOST_FOUND);
    if (all === 0) return;
    const more = all > found.length ? `; these ${count(found.length)} retain most` : "";
    this.#found.replaceChildren(
      h("h3", {}, `${counted(all, "object")} with “${search}” in the value${more}`),
      h("ul", { class: "calls" }, ...found.map((node) => objectRow(heap, node, this.#store))),
    );
  }
}

/** The link of a row, which shows its details. */
export function nameLink(name: string, open: () => void): HTMLElement {
  const title = meaningOfMemory(name) || "Show its largest objects, and who holds them";
  return h("button", { type: "button", class: "link", title, onclick: open }, h("bdi", {}, name));
}
