// The tab of size classes: the bytes and blocks of each in the view. For a heap that runs, the tab also shows how full the pools are, and the
// account of every byte from the platform.

import type { Account, SizeClassStats } from "../src/alloc/stats.js";
import { BLOCK_DOMAINS } from "../src/core/catalogue.gen.js";
import { sizeClassName } from "../src/trace/size-class.js";
import { h } from "./dom.js";
import type { Model } from "./model.js";
import type { Store } from "./state.js";
import { bytes, count, percent } from "./words.js";

/** The names of domains on the page. */
const DOMAIN_NAMES = {
  raw: "raw",
  mem: "mem (buffers of objects)",
  object: "objects",
  native: "native (modules in C)",
};

interface SizeRow {
  readonly sizeClass: number;
  bytes: number;
  count: number;
  readonly domains: Float64Array;
}

export class Sizes {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #account = h("div");
  readonly #body = h("tbody");
  /** The table's title, below the account. Without an account, the name of the tab says the same. */
  readonly #title = h("h3", {}, "Size classes");
  readonly #table: HTMLTableElement;
  readonly #empty = h("p", { class: "empty" }, "The picked span has no such allocations.");

  constructor(model: Model, store: Store) {
    this.#model = model;
    this.#store = store;
    const heads = ["Blocks of", "Bytes", "", "Blocks", "Pools now", "Full now"];
    this.#table = h(
      "table",
      { class: "sizes-table" },
      h("caption", { class: "hidden" }, "Size classes"),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...heads.map((name, k) => h("th", { scope: "col", class: k === 0 || k === 2 ? "" : "figure" }, name)),
        ),
      ),
      this.#body,
    );
    const legend = BLOCK_DOMAINS.map((name) =>
      h("li", {}, h("i", { class: `swatch domain-${name}` }), DOMAIN_NAMES[name]),
    );
    this.element = h(
      "div",
      { class: "sizes" },
      this.#account,
      h("div", { class: "row" }, this.#title, h("ul", { class: "legend", "aria-label": "Domains" }, ...legend)),
      h("div", { class: "table-scroller" }, this.#table),
      this.#empty,
    );
    store.on(["from", "to", "withStart", "view", "tab"], () => this.update());
  }

  update(): void {
    if (this.#store.state.tab !== "sizes") return;
    const { stats } = this.#model.data.header;
    this.#account.replaceChildren(...(stats ? accountBar(stats.account) : []));
    this.#title.hidden = stats === null;
    const rows = this.#rows();
    const most = Math.max(1, ...rows.map((row) => row.bytes));
    this.#empty.hidden = rows.length > 0;
    this.#table.hidden = rows.length === 0;
    this.#table.classList.toggle("with-pools", stats !== null);
    this.#body.replaceChildren(...rows.map((row) => tableRow(row, most, stats?.sizeClasses ?? [])));
  }

  #rows(): SizeRow[] {
    const { state } = this.#store;
    const { bytes: sums, count: counts } = this.#model.sums(state.view, this.#model.spanOf(state));
    const { sizeClasses, domains } = this.#model.data.accounts;
    const rows = new Map<number, SizeRow>();
    for (let k = 0; k < sizeClasses.length; k++) {
      const sizeClass = sizeClasses[k] as number;
      const row = rows.get(sizeClass) ?? { sizeClass, bytes: 0, count: 0, domains: new Float64Array(4) };
      rows.set(sizeClass, row);
      const domain = domains[k] as number;
      row.bytes += sums[k] as number;
      row.count += counts[k] as number;
      row.domains[domain] = (row.domains[domain] ?? 0) + (sums[k] as number);
    }
    return [...rows.values()].filter((row) => row.count > 0.5).sort((a, b) => a.sizeClass - b.sizeClass);
  }
}

function tableRow(row: SizeRow, most: number, classes: readonly SizeClassStats[]): HTMLElement {
  const bar = h("div", { class: "stack", "aria-hidden": "true" });
  row.domains.forEach((size, domain) => {
    if (size < 1) return;
    const part = h("i", { class: `domain-${BLOCK_DOMAINS[domain]}` });
    part.style.width = `${(100 * size) / most}%`;
    bar.append(part);
  });
  const pools = classes.filter(({ size }) => size === (row.sizeClass + 1) * 8);
  const used = pools.reduce((sum, entry) => sum + entry.used, 0);
  const all = pools.reduce((sum, entry) => sum + entry.used + entry.free, 0);
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, sizeClassName(row.sizeClass)),
    h("td", { class: "figure" }, bytes(row.bytes)),
    h("td", { class: "wide" }, bar),
    h("td", { class: "figure" }, count(row.count)),
    h("td", { class: "figure" }, all > 0 ? count(pools.reduce((sum, entry) => sum + entry.pools, 0)) : "–"),
    h("td", { class: "figure" }, all > 0 ? percent(used, all) : "–"),
  );
}

/** A heading, a bar and a list that show the parts of an account. */
export function accountBar(account: Account): HTMLElement[] {
  const parts: readonly (readonly [string, string, number])[] = [
    [DOMAIN_NAMES.object, "domain-object", account.live.object],
    [DOMAIN_NAMES.mem, "domain-mem", account.live.mem],
    [DOMAIN_NAMES.raw, "domain-raw", account.live.raw],
    [DOMAIN_NAMES.native, "domain-native", account.native],
    ["the host's malloc", "part-escaped", account.escaped],
    ["headers and padding", "part-overhead", account.overhead],
    ["free in pools", "part-free-0", account.freeInPools],
    ["free pools", "part-free-1", account.freePools],
    ["free, for any use", "part-free-2", account.rawFree],
  ];
  const bar = h("div", { class: "account-bar", "aria-hidden": "true" });
  const list = h("ul", { class: "account-parts" });
  for (const [name, color, size] of parts) {
    const part = h("i", { class: color });
    part.style.flexGrow = String(Math.max(0, size));
    bar.append(part);
    list.append(
      h("li", {}, h("i", { class: `swatch ${color}` }), h("span", {}, name), h("b", {}, bytes(Math.max(0, size)))),
    );
  }
  return [h("h3", {}, `Where all of ${bytes(account.platform)} is`), bar, list];
}
