// The heap map: where in memory everything is that is live. The whole on top, the cell that was chosen below it, and what
// each block is beside the pointer.

import { placeOf } from "../../src/report/place.js";
import { DOMAIN_NAMES } from "../../src/report/trace-groups.js";
import { h } from "../dom.js";
import type { Model, Span } from "../model.js";
import type { Store } from "../state.js";
import type { Colors } from "../theme.js";
import { hideNote, showNote } from "../tooltip.js";
import { bytes, count, percent, time } from "../words.js";
import { lowerBound, MapBlocks, UNKNOWN } from "./blocks.js";
import { type Cells, cellOf, cutCells } from "./cells.js";
import { CLOSEUP_ROWS, Closeup } from "./closeup.js";
import { classesOf, MAP_MODES, type MapMode, MODE_NAMES } from "./modes.js";
import { Overview } from "./overview.js";

const HELP =
  "Click a square, or go to it with the arrow keys, to see its blocks. Squares are filled as far as they are in use. If a span is picked, blocks that came to life in it keep their colours.";
const STACK_SHOWN = 5;

export class HeapMap {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #overview: Overview;
  readonly #closeup: Closeup;
  readonly #legend = h("ul", { class: "legend", "aria-label": "Colours" });
  readonly #modes = h("div", { class: "segments small", role: "radiogroup", "aria-label": "Colours stand for" });
  readonly #says = h("p", { class: "map-says", role: "status" });
  readonly #facts = h("p", { class: "quiet-text" });
  readonly #empty = h("p", { class: "empty" }, "Where blocks lie is not known for this recording.");
  readonly #content: HTMLElement;
  #mode: MapMode = "owner";
  #blocks: MapBlocks | undefined;
  #cells: Cells = { cells: [], bytes: 1 };
  #chosenAddress = 0;

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.#overview = new Overview(colors, {
      choose: (cell) => this.#choose(cell),
      point: (cell, event) => this.#pointCell(cell, event),
    });
    this.#closeup = new Closeup(
      colors,
      (address, event) => this.#pointAddress(address, event),
      (block) => {
        this.#says.textContent = this.#blockWords(block).join(" · ");
      },
    );
    for (const mode of MAP_MODES) {
      const choose = () => this.#setMode(mode);
      this.#modes.append(
        h("button", { type: "button", role: "radio", "data-mode": mode, onclick: choose }, MODE_NAMES[mode]),
      );
    }
    this.#content = h(
      "div",
      {},
      h("div", { class: "row" }, this.#modes, h("div", { class: "row end" }, this.#legend)),
      this.#overview.element,
      h("div", { class: "row" }, this.#says, h("div", { class: "row end" }, this.#facts)),
      this.#closeup.element,
      h("p", { id: "map-help", class: "help" }, HELP),
    );
    this.element = h("div", { class: "map" }, this.#content, this.#empty);
    store.on(["tab"], ({ tab }) => {
      if (tab === "map") this.update();
    });
    store.on(["from", "to"], ({ tab }) => {
      if (tab === "map") this.#setMode(this.#mode);
    });
  }

  /** The data is new, or is looked at for the first time. */
  update(): void {
    if (this.#store.state.tab !== "map") return;
    this.#blocks = new MapBlocks(this.#model.data);
    this.#empty.hidden = this.#blocks.length > 0;
    this.#content.hidden = this.#blocks.length === 0;
    this.#setMode(this.#mode);
  }

  /** The span that was picked; undefined if it is everything. */
  get #span(): Span | undefined {
    const { from, to } = this.#store.state;
    return from === 0 && to >= this.#model.buckets.length ? undefined : { from, to };
  }

  #setMode(mode: MapMode): void {
    this.#mode = mode;
    for (const button of this.#modes.children) {
      button.setAttribute("aria-checked", String((button as HTMLElement).dataset.mode === mode));
    }
    const blocks = this.#blocks;
    if (!blocks) return;
    const { classes, kindOf } = classesOf(mode, this.#model, blocks, mode === "full" ? undefined : this.#span);
    this.#legend.replaceChildren(
      ...classes.map(({ name, color }) => h("li", {}, h("i", { class: `swatch ${color}` }), name)),
      h("li", {}, h("i", { class: "swatch map-free" }), "free"),
    );
    this.#cells = cutCells(blocks, kindOf, classes.length);
    this.#overview.show(this.#cells.cells, classes, { byFullness: mode === "full" });
    const live = blocks.sizes.reduce((sum, size) => sum + size, 0);
    const used = this.#cells.cells.filter(({ full }) => full > 0);
    const space = used.length * this.#cells.bytes;
    const when = this.#model.data.header.stats ? "Now" : "At the end of the recording";
    this.#facts.textContent = `${when} · ${count(blocks.length)} blocks, ${bytes(live)} · ${bytes(this.#cells.bytes)} a square · squares in use are ${percent(live, space)} full`;
    this.#choose(cellOf(this.#cells.cells, this.#chosenAddress));
  }

  #choose(cell: number): void {
    const blocks = this.#blocks;
    const chosen = this.#cells.cells[cell];
    if (!blocks || !chosen) return;
    this.#chosenAddress = chosen.address;
    this.#overview.mark(cell);
    this.#closeup.show(
      {
        ...this.#cells,
        blocks,
        ...classesOf(this.#mode === "full" ? "owner" : this.#mode, this.#model, blocks, this.#span),
        poolAt: (address) => this.#poolAt(address),
      },
      cell - Math.floor(CLOSEUP_ROWS / 2),
    );
    this.#says.textContent = this.#cellWords(cell).join(" · ");
  }

  #poolAt(address: number) {
    const { pools } = this.#model.data;
    const k = lowerBound(pools.addresses, address + 1) - 1;
    const start = pools.addresses[k];
    const end = (start ?? 0) + (pools.sizes[k] ?? 0);
    if (start === undefined || address >= end) return undefined;
    return { start, end, blockSize: pools.blockSizes[k] ?? 0, used: pools.used[k] ?? 0 };
  }

  #cellWords(cell: number): string[] {
    const found = this.#cells.cells[cell];
    if (!found) return [];
    const pool = this.#poolAt(found.address);
    const what =
      pool === undefined
        ? []
        : pool.blockSize === 0
          ? ["a free pool"]
          : [
              `a pool of ${pool.blockSize}-byte blocks, ${pool.used} of ${Math.floor((pool.end - pool.start) / pool.blockSize)} in use`,
            ];
    return [`0x${found.address.toString(16)}`, `${percent(found.full, 1)} in use`, ...what];
  }

  #blockWords(block: number): string[] {
    const blocks = this.#blocks;
    if (!blocks) return [];
    const { tree } = this.#model;
    const size = `${bytes(blocks.sizes[block] ?? 0)} at 0x${(blocks.addresses[block] ?? 0).toString(16)}`;
    const birth = blocks.births[block] ?? UNKNOWN;
    const age = birth === UNKNOWN ? [] : [`since ${time(this.#model.timeOf(birth))}`];
    const node = blocks.node(block);
    const frames = node === undefined ? [] : tree.stack(node).slice(0, STACK_SHOWN);
    const stack = frames.map(({ function: f, line }) => `${f.name} ${placeOf(f, line)}`);
    return [
      size,
      `${DOMAIN_NAMES[blocks.domain(block)] ?? ""} domain`,
      ...age,
      ...(node === 0 ? ["no Python was running"] : stack),
    ];
  }

  #pointCell(cell: number | undefined, event: PointerEvent): void {
    const [first, ...rest] = cell === undefined ? [] : this.#cellWords(cell);
    if (first === undefined) hideNote();
    else showNote(event.clientX, event.clientY, h("strong", {}, first), ...rest.map((line) => h("span", {}, line)));
  }

  #pointAddress(address: number | undefined, event: PointerEvent): void {
    if (address === undefined || !this.#blocks) {
      hideNote();
      return;
    }
    const block = this.#blocks.at(address);
    if (block === undefined) {
      const pool = this.#poolAt(address);
      const what = pool && pool.blockSize > 0 ? `a free block of ${pool.blockSize} bytes` : "free, or not Python's";
      showNote(event.clientX, event.clientY, h("span", {}, what));
      return;
    }
    const [size = "", domain = "", ...rest] = this.#blockWords(block);
    const lines = rest.map((line) => h("small", {}, line));
    showNote(event.clientX, event.clientY, h("strong", {}, size), h("span", {}, domain), ...lines);
  }
}
