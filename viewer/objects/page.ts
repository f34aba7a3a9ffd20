// The page of heap snapshots: head, tools, the visible tab, and the details of what is selected.

import type { NamedGraph } from "../../src/page/snapshot-wire.js";
import { signedBytes } from "../../src/text/bytes.js";
import { h } from "../dom.js";
import { brand, figureList, showFigures } from "../figures.js";
import { keepHistory } from "../history.js";
import { makeSearch } from "../search.js";
import { makeSegments } from "../segments.js";
import { Store } from "../state.js";
import { makePanels, makeTabs, type TabName } from "../tabs.js";
import type { Colors } from "../theme.js";
import { bytes, count, counted } from "../words.js";
import { CompareTable, Comparison } from "./compare.js";
import { ObjectDetails } from "./details.js";
import { HeapObjects } from "./heap.js";
import type { ObjectsState, ObjectsStore, ObjectsTab } from "./state.js";
import { Treemap } from "./treemap.js";
import { TypesTable } from "./types.js";

const TABS: readonly TabName<ObjectsTab>[] = [
  { tab: "types", name: "Types" },
  { tab: "largest", name: "What holds most" },
  { tab: "compare", name: "Comparison" },
];

export class ObjectsPage {
  readonly #heaps: readonly HeapObjects[];
  readonly #store: ObjectsStore;
  readonly #figures = figureList("Figures of the snapshot");

  /** Puts the page into `into`. */
  constructor(snapshots: readonly NamedGraph[], colors: Colors, into: HTMLElement) {
    this.#heaps = snapshots.map((snapshot) => new HeapObjects(snapshot));
    const [before, after] = this.#heaps;
    const comparison = before && after && new Comparison(before, after);
    this.#store = new Store<ObjectsState>({
      which: snapshots.length - 1,
      tab: comparison ? "compare" : "types",
      search: "",
      grouping: "type",
      selected: undefined,
      zoomed: 0,
    });
    const store = this.#store;
    const heap = () => this.#heap;
    const panels = makePanels<ObjectsTab>({
      types: new TypesTable(heap, store).element,
      largest: new Treemap(heap, store).element,
      compare: comparison ? new CompareTable(comparison, store).element : h("div"),
    });
    const details = new ObjectDetails(heap, store, comparison);
    into.replaceChildren(
      this.#head(colors),
      h(
        "main",
        {},
        this.#figures,
        h(
          "section",
          { class: "card content", "aria-label": "What is in the heap" },
          this.#tools(),
          h("div", { class: "beside" }, h("div", {}, ...panels.elements), details.element),
        ),
      ),
    );
    store.on(["tab"], ({ tab }) => panels.show(tab));
    store.on(["which"], () => this.#showFigures());
    // A tab measures its size when it becomes visible.
    store.notify(new Set(["tab"]));
  }

  /** From now on, the browser's Back leads through what the user has chosen, as in the page of a trace. */
  keepHistory(): void {
    keepHistory(this.#store, {
      steps: ["which", "tab", "selected", "zoomed"],
      kept: ["search", "grouping"],
      details: "selected",
    });
  }

  get #heap(): HeapObjects {
    return this.#heaps[this.#store.state.which] as HeapObjects;
  }

  #head(colors: Colors): HTMLElement {
    const name = this.#heaps.map((heap) => heap.name).join(" → ");
    const what = this.#heaps.length > 1 ? "Two heap snapshots" : "Heap snapshot";
    return h(
      "header",
      { class: "head" },
      brand(),
      h("div", { class: "program" }, h("h1", { title: name }, name), h("p", { class: "facts" }, what)),
      colors.button(),
    );
  }

  #showFigures(): void {
    const { sums, graph } = this.#heap;
    const other = this.#heaps[1 - this.#store.state.which];
    const all = sums.ofObjects + sums.ofMemory;
    const beside = other ? `, ${signedBytes(sums.ofObjects - other.sums.ofObjects)} against ${other.name}` : "";
    showFigures(this.#figures, [
      ["Heap", bytes(all), "objects and other memory"],
      ["Objects", count(sums.objects), `${bytes(sums.ofObjects)} of their own${beside}`],
      ["References", count(graph.edgeCount), "from one object to another"],
      ["Other memory", bytes(sums.ofMemory), "belongs to no object, or is free"],
      ["Garbage", bytes(sums.garbageBytes), `${counted(sums.garbage, "object")} that only garbage holds`],
    ]);
  }

  #tools(): HTMLElement {
    const store = this.#store;
    const tabs = makeTabs(
      TABS.filter(({ tab }) => tab !== "compare" || this.#heaps.length > 1),
      (tab) => store.set({ tab }),
    );
    const which = makeSegments({
      label: "Snapshot",
      segments: this.#heaps.map(({ name }, k) => ({ value: String(k), name })),
      choose: (k) => store.set({ which: Number(k), selected: undefined, zoomed: 0 }),
    });
    const search = makeSearch("Search types and values", (text) => store.set({ search: text }));
    store.on(["search"], (state) => search.show(state.search));
    store.on(["tab", "which"], (state) => {
      tabs.show(state.tab);
      which.show(String(state.which));
      which.element.hidden = this.#heaps.length < 2 || state.tab === "compare";
    });
    return h("div", { class: "tools" }, tabs.element, h("div", { class: "row end" }, which.element, search.element));
  }
}
