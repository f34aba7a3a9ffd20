// The page: head, timeline, tools, and the visible tab.

import type { PageData } from "../src/page/model.js";
import { Details } from "./details.js";
import { h } from "./dom.js";
import { FlameGraph } from "./flame/flame.js";
import { Head } from "./head.js";
import { keepHistory } from "./history.js";
import { HeapMap } from "./map/map.js";
import type { Model } from "./model.js";
import { makeSearch } from "./search.js";
import { makeSegments } from "./segments.js";
import { Sizes } from "./sizes.js";
import { initialState, type Metric, type State, Store, type Tab } from "./state.js";
import { Table } from "./table.js";
import { makePanels, makeTabs, type TabName } from "./tabs.js";
import type { Colors } from "./theme.js";
import { TimelineChart } from "./timeline/timeline.js";
import { MOMENT_VIEWS, VIEWS, viewOf } from "./words.js";

const TABS: readonly TabName<Tab>[] = [
  { tab: "flame", name: "Flame graph" },
  { tab: "table", name: "Table" },
  { tab: "map", name: "Heap map" },
  { tab: "sizes", name: "Size classes" },
];
const METRICS: readonly { readonly metric: Metric; readonly name: string }[] = [
  { metric: "bytes", name: "Bytes" },
  { metric: "count", name: "Blocks" },
];

export class Page {
  readonly store: Store;
  readonly head: Head;
  readonly #model: Model;
  readonly #timeline: TimelineChart;
  readonly #map: HeapMap;
  readonly #details: Details;
  readonly #sizes: Sizes;
  /** In a narrow window, shows and hides what has the class `filter`. In a wide window that is always visible. */
  readonly #filters = h("button", {
    type: "button",
    class: "icon filters",
    "aria-expanded": false,
    onclick: () => this.#toggleFilters(),
  });

  /** Puts the page into `into`. */
  constructor(model: Model, colors: Colors, into: HTMLElement, tab: Tab = model.isStill ? "map" : "flame") {
    this.#model = model;
    this.store = new Store<State>(initialState(model, tab));
    const { store } = this;
    this.head = new Head(model, store, colors);
    this.#timeline = new TimelineChart(model, store, colors);
    this.#map = new HeapMap(model, store, colors);
    this.#sizes = new Sizes(model, store);
    this.#details = new Details(model, store);
    const panels = makePanels<Tab>({
      flame: new FlameGraph(model, store, colors).element,
      table: new Table(model, store).element,
      map: this.#map.element,
      sizes: this.#sizes.element,
    });
    into.replaceChildren(
      this.head.element,
      h(
        "main",
        {},
        this.head.figures,
        this.#timeline.element,
        h(
          "section",
          { class: "card content", "aria-label": "Where it is" },
          this.#tools(),
          h("div", { class: "beside" }, h("div", {}, ...panels.elements), this.#details.element),
        ),
      ),
    );
    this.#timeline.element.hidden = model.isStill;
    // A tab measures its size when it becomes visible.
    store.on(["tab"], ({ tab: shown }) => panels.show(shown));
    store.notify(new Set(["tab"]));
  }

  /** From now on, the browser's Back leads through what the user has chosen. To be called if the page has a window of its own. */
  keepHistory(): void {
    keepHistory(this.store, {
      steps: ["tab", "view", "selected", "zoom"],
      kept: ["metric", "search", "inverted", "grouping", "withImports", "withTypes", "leastShare"],
      details: "selected",
    });
  }

  /** Shows newer data of the same program. A picked span stays; a span that reaches to the end follows the end. */
  update(data: PageData): void {
    const { from, to, withStart } = this.store.state;
    const hadStart = this.#model.hasStart;
    const isToEnd = to >= this.#model.range(withStart).to;
    this.#model.replace(data);
    const { to: end } = this.#model.range(withStart);
    // As soon as the program begins, only the program is shown.
    if (!hadStart && this.#model.hasStart) this.store.replace({ withStart: false, ...this.#model.range(false) });
    else this.store.replace({ from, to: isToEnd ? end : to });
    this.#timeline.update();
    this.#map.update();
    this.#sizes.update();
    this.#details.update();
  }

  #tools(): HTMLElement {
    const { store } = this;
    const views = makeSegments({
      label: "What is shown",
      segments: VIEWS.map(({ view, name, says }) => ({ value: view, name, title: says })),
      choose: (view) => store.set({ view }),
    });
    const metrics = makeSegments({
      label: "Measured in",
      segments: METRICS.map(({ metric, name }) => ({ value: metric, name })),
      choose: (metric) => store.set({ metric }),
    });
    const search = makeSearch("Search functions and files", (text) => store.set({ search: text }));
    for (const { classList } of [metrics.element, search.element]) classList.add("filter");
    store.on(["search"], (state) => search.show(state.search));
    store.on(["isLive"], ({ isLive }) => views.rename("end", viewOf("end", isLive).name));
    views.element.hidden = this.#model.isStill;
    store.on(["view", "metric", "tab"], ({ view, metric, tab }) => {
      if (tab === "map") views.show(MOMENT_VIEWS.includes(view) ? view : "end", MOMENT_VIEWS);
      else views.show(view);
      metrics.show(metric);
      metrics.element.hidden = tab !== "flame";
      this.#filters.hidden = search.element.hidden = tab !== "flame" && tab !== "table";
    });
    store.on(["tab", "metric", "search", "inverted", "withImports", "withTypes", "leastShare"], (state) =>
      this.#countFilters(state),
    );
    return h(
      "div",
      { class: "tools" },
      this.#tabs(),
      h("div", { class: "row end" }, views.element, this.#filters, metrics.element, search.element),
    );
  }

  #toggleFilters(): void {
    const isOpen = this.#filters.getAttribute("aria-expanded") !== "true";
    this.#filters.setAttribute("aria-expanded", String(isOpen));
    this.#filters.closest(".content")?.classList.toggle("with-filters", isOpen);
  }

  /** Says how many filters are in use, also while they are hidden. */
  #countFilters({ tab, metric, search, inverted, withImports, withTypes, leastShare }: State): void {
    const ofFlame = tab === "flame" ? [metric !== "bytes", inverted, withImports, withTypes, leastShare > 0] : [];
    const used = [search !== "", ...ofFlame].filter((isUsed) => isUsed).length;
    this.#filters.title = used === 0 ? "Search and filters" : `Search and filters: ${used} in use`;
    this.#filters.setAttribute("aria-label", this.#filters.title);
    this.#filters.classList.toggle("used", used > 0);
  }

  #tabs(): HTMLElement {
    const { store } = this;
    const { data, isStill } = this.#model;
    const tabs = TABS.filter(({ tab }) => (tab === "map" ? !data.header.totals : tab === "sizes" || !isStill));
    const shown = makeTabs(tabs, (tab) => store.set({ tab }));
    store.on(["tab"], ({ tab }) => shown.show(tab));
    return shown.element;
  }
}
