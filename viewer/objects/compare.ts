// The comparison of two snapshots: by type, what is new in the later one, and what is gone.

import { compareSnapshots, newObjects, type TypeChange } from "../../src/snapshot/diff.js";
import { signedBytes } from "../../src/text/bytes.js";
import { type Column, DataTable, figureCell } from "../data-table.js";
import { h } from "../dom.js";
import { bytes, count, counted } from "../words.js";
import type { HeapObjects } from "./heap.js";
import type { ObjectsStore } from "./state.js";
import { nameLink } from "./types.js";

/** Two snapshots; what differs is computed when it is first asked for. */
export class Comparison {
  readonly before: HeapObjects;
  readonly after: HeapObjects;
  #changes: readonly TypeChange[] | undefined;
  #newNodes: readonly number[] | undefined;

  constructor(before: HeapObjects, after: HeapObjects) {
    this.before = before;
    this.after = after;
  }

  get changes(): readonly TypeChange[] {
    this.#changes ??= compareSnapshots(this.before.graph, this.after.graph);
    return this.#changes;
  }

  /** The objects of a type that only the later snapshot has. */
  newOf(type: string): number[] {
    this.#newNodes ??= newObjects(this.after.graph, this.before.graph);
    return this.#newNodes.filter((node) => this.after.type(node) === type);
  }
}

const change = ({ newBytes, goneBytes }: TypeChange): number => newBytes - goneBytes;

export class CompareTable {
  readonly element: HTMLElement;
  readonly #comparison: Comparison;
  readonly #store: ObjectsStore;
  readonly #table = new DataTable<TypeChange>(1);

  constructor(comparison: Comparison, store: ObjectsStore) {
    this.#comparison = comparison;
    this.#store = store;
    const { before, after } = comparison;
    const says = `New is what only “${after.name}” has, and gone is what only “${before.name}” has.`;
    this.element = h("div", { class: "table" }, h("p", { class: "quiet-text" }, says), ...this.#table.parts);
    store.on(["tab", "search"], () => this.#show());
  }

  #show(): void {
    const { tab, search } = this.#store.state;
    if (tab !== "compare") return;
    const wanted = search.toLowerCase();
    const rows = this.#comparison.changes.filter(({ name }) => name.toLowerCase().includes(wanted));
    const empty = search === "" ? "Nothing is new, and nothing is gone." : `No change is called “${search}”.`;
    this.#table.show({ rows, columns: this.#columns(), caption: counted(rows.length, "type"), empty });
  }

  #columns(): Column<TypeChange>[] {
    const most = Math.max(1, ...this.#comparison.changes.map((row) => Math.abs(change(row))));
    return [
      { name: "Type", of: ({ name }) => name, cell: ({ name }) => h("th", { scope: "row" }, this.#link(name)) },
      {
        name: "Change",
        of: change,
        cell: (row) => figureCell(signedBytes(change(row)), { share: Math.max(0, change(row)) / most }),
      },
      {
        name: "New",
        of: ({ newBytes }) => newBytes,
        cell: ({ newBytes, newCount }) => figureCell(bytes(newBytes), { more: `× ${count(newCount)}` }),
      },
      {
        name: "Gone",
        of: ({ goneBytes }) => goneBytes,
        cell: ({ goneBytes, goneCount }) => figureCell(bytes(goneBytes), { more: `× ${count(goneCount)}` }),
      },
    ];
  }

  #link(name: string): HTMLElement {
    return nameLink(name, () =>
      this.#store.set({ which: 1, selected: { kind: "row", by: "type", name, isNew: true } }),
    );
  }
}
