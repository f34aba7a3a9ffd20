// The heap map: the places of all live blocks at the view's moment, which is the highest of the span or its end. All
// memory is at the top, the chosen cell below it; a note beside the pointer describes a block.

import { BLOCK_DOMAINS } from "../../src/core/catalogue.gen.js";
import type { PageArenas } from "../../src/page/model.js";
import { functionLabel } from "../../src/report/trace-groups.js";
import { placeOf } from "../../src/text/labels.js";
import { h } from "../dom.js";
import type { Model, Span } from "../model.js";
import { makeSegments } from "../segments.js";
import { lowerBound } from "../sorted.js";
import type { Store } from "../state.js";
import type { Colors } from "../theme.js";
import { hideNote, showNote } from "../tooltip.js";
import { bytes, count, counted, functionName, instant, percent, when } from "../words.js";
import { MapBlocks, UNKNOWN } from "./blocks.js";
import { type Cell, type Cells, cellOf, cutGrid, fillCells, type Grid } from "./cells.js";
import { Closeup } from "./closeup.js";
import { type Classes, classesOf, MAP_MODES, type MapClass, type MapMode, MODE_NAMES, OWNERS } from "./modes.js";
import { Overview } from "./overview.js";

const HELP =
  "Click a square, or go to it with the arrow keys, to see its blocks. Squares are filled as far as they are in use. A square is the same memory at every moment: pick another span on the timeline to see what was there.";
const STACK_SHOWN = 5;
/** The most pools and arenas that are described for one cell. */
const PLACES_SHOWN = 3;

/** The indexes of the places, sorted by address, that have a byte in [begin, end). */
function overlapping({ addresses, sizes }: PageArenas, begin: number, end: number): number[] {
  const found: number[] = [];
  for (let k = Math.max(0, lowerBound(addresses, begin) - 1); k < addresses.length; k++) {
    const address = addresses[k] ?? 0;
    if (address >= end) break;
    if (address + (sizes[k] ?? 0) > begin) found.push(k);
  }
  return found;
}

/** The legend: each class with its name. Classes without a name are between their neighbours, as on a scale. */
function legendOf(classes: readonly MapClass[]): HTMLElement[] {
  const entries: HTMLElement[] = [];
  let scale: HTMLElement[] = [];
  classes.forEach(({ name, color }, k) => {
    const swatch = h("i", { class: `swatch ${color}` });
    const goesOn = classes[k + 1]?.name === "";
    scale.push(
      ...(name !== "" && scale.length > 0
        ? [swatch, h("span", {}, name)]
        : name === ""
          ? [swatch]
          : [h("span", {}, name), swatch]),
    );
    if (goesOn || name === "") return;
    entries.push(h("li", {}, ...(scale.length > 2 ? scale : [swatch, name])));
    scale = [];
  });
  return entries;
}

export class HeapMap {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #overview: Overview;
  readonly #closeup: Closeup;
  readonly #legend = h("ul", { class: "legend", "aria-label": "Colours" });
  readonly #modes = makeSegments({
    label: "Colours stand for",
    segments: MAP_MODES.map((mode) => ({ value: mode, name: MODE_NAMES[mode] })),
    isSmall: true,
    choose: (mode) => this.#setMode(mode),
  });
  readonly #says = h("p", { class: "map-says", role: "status" });
  readonly #facts = h("p", { class: "quiet-text" });
  readonly #empty = h("p", { class: "empty" }, "The places of blocks are not known for this recording.");
  readonly #content: HTMLElement;
  #mode: MapMode = "owner";
  #moment = 0;
  #blocks: MapBlocks | undefined;
  #grid: Grid = { starts: [], gaps: new Set(), bytes: 1 };
  #cells: Cells = { cells: [], bytes: 1 };
  /** The address of the chosen cell; undefined until one is chosen. */
  #chosenAddress: number | undefined;
  /** The address of the cell that is shown until then. */
  #usualAddress = 0;

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.#overview = new Overview(colors, {
      choose: (cell) => {
        this.#chosenAddress = this.#cells.cells[cell]?.address;
        this.#choose(cell);
      },
      point: (cell, event) => this.#pointCell(cell, event),
    });
    this.#closeup = new Closeup(
      colors,
      (address, event) => this.#pointAddress(address, event),
      (block) => {
        const { words, stack } = this.#blockWords(block);
        this.#say(stack.length > 0 ? [...words, stack.join(" ← ")] : words, this.#blocks?.node(block));
      },
    );
    this.#content = h(
      "div",
      {},
      h("div", { class: "row" }, this.#modes.element, h("div", { class: "row end" }, this.#legend)),
      this.#overview.element,
      h("div", { class: "row" }, this.#says, h("div", { class: "row end" }, this.#facts)),
      this.#closeup.element,
      h("p", { id: "map-help", class: "help" }, HELP),
    );
    this.element = h("div", { class: "map" }, this.#content, this.#empty);
    store.on(["tab"], () => this.update());
    store.on(["from", "to", "withStart", "view"], () => this.#showMoment());
  }

  /** To be called when the data is new, or when the map becomes visible. */
  update(): void {
    if (this.#store.state.tab !== "map") return;
    const { blocks } = this.#model.data;
    this.#grid = cutGrid(blocks.addresses.length > 0 ? blocks : new MapBlocks(this.#model.data, 0));
    this.#empty.hidden = this.#grid.starts.length > 0;
    this.#content.hidden = !this.#empty.hidden;
    this.#showMoment();
  }

  #showMoment(): void {
    const { state } = this.#store;
    if (state.tab !== "map") return;
    this.#moment = this.#model.momentOf(state.view, this.#model.spanOf(state));
    this.#blocks = new MapBlocks(this.#model.data, this.#moment);
    this.#setMode(this.#mode);
  }

  /** The span whose blocks have colours; undefined if all blocks have colours. */
  get #span(): Span | undefined {
    const { view } = this.#store.state;
    const span = this.#model.spanOf(this.#store.state);
    const isWhole = span.from === 0 && span.to >= this.#model.buckets.length;
    return view !== "leaks" || isWhole ? undefined : span;
  }

  /** Whether the map shows the moment for which the heap's pools are known. */
  get #isNow(): boolean {
    const { pools, blocks } = this.#model.data;
    return pools.addresses.length > 0 && this.#moment >= blocks.froms.length - 1;
  }

  /** Whether only sampled blocks are known. */
  get #isSampled(): boolean {
    return this.#model.data.header.sample > 0;
  }

  /** The page has one of this many blocks, evenly chosen. */
  get #step(): number {
    return this.#model.data.blocks.step;
  }

  /** Whether there may be blocks that are not shown. */
  get #hasUnseen(): boolean {
    return this.#isSampled || this.#step > 1;
  }

  #when(): string {
    if (this.#isNow) return "Now";
    const { view } = this.#store.state;
    const { froms } = this.#model.data.blocks;
    const time = froms[this.#moment] ?? 0;
    const { peak } = this.#model.figures(this.#model.spanOf(this.#store.state));
    if (view === "peak" && peak.time === time) return `At the peak, ${when(time, instant)}`;
    if (this.#moment === froms.length - 1) return "At the end of the recording";
    return `At the nearest moment that is known, ${when(time, instant)}`;
  }

  /** Whether the data say what a mode shows. */
  #knows(mode: MapMode): boolean {
    const { isStill, data } = this.#model;
    if (mode === "type") return data.header.types !== undefined;
    // In a sampled trace it is not known how full a square is.
    if (mode === "full") return !this.#isSampled;
    return !isStill || (mode !== "owner" && mode !== "age");
  }

  #classes(mode: MapMode, blocks: MapBlocks): Classes {
    const time = this.#model.data.blocks.froms[this.#moment] ?? 0;
    return classesOf(mode, { model: this.#model, blocks, time, span: this.#span });
  }

  #setMode(wanted: MapMode): void {
    const modes = MAP_MODES.filter((mode) => this.#knows(mode));
    const mode = modes.includes(wanted) ? wanted : (modes[0] ?? "domain");
    this.#mode = mode;
    this.#modes.show(mode, modes);
    const blocks = this.#blocks;
    if (!blocks) return;
    const { classes, kindOf } = this.#classes(mode, blocks);
    this.#legend.replaceChildren(
      ...legendOf(mode === "owner" ? this.#present(classes) : classes),
      h("li", {}, h("i", { class: "swatch map-free" }), this.#hasUnseen ? "not shown" : "free"),
      ...(this.#grid.gaps.size > 0
        ? [h("li", {}, h("i", { class: "swatch map-gap" }), "unused addresses left out")]
        : []),
    );
    this.#cells = fillCells(this.#grid, blocks, { kindOf, kinds: classes.length, weight: this.#step });
    this.#overview.show(this.#cells.cells, classes, { byFullness: mode === "full" });
    this.#facts.textContent = this.#factWords(blocks).join(" · ");
    if (mode === "owner") this.#usualAddress = this.#firstOfProgram;
    this.#choose(cellOf(this.#cells.cells, this.#chosenAddress ?? this.#usualAddress));
  }

  /** The address of the first cell that is mostly the program's, if colours stand for owners; 0 if there is none. */
  get #firstOfProgram(): number {
    const program = OWNERS.indexOf("program");
    return this.#cells.cells.find(({ full, kind }) => full > 0 && kind === program)?.address ?? 0;
  }

  /** The classes of owners that occur on the page. */
  #present(classes: readonly MapClass[]): MapClass[] {
    const origins = this.#model.origins;
    const hasStart = this.#model.data.header.startAccounts > 0;
    return classes.filter((_, k) => {
      const origin = OWNERS[k];
      return origin === undefined || origins.has(origin) || (origin === "frozen" && hasStart);
    });
  }

  #factWords(blocks: MapBlocks): string[] {
    const { cells, bytes: ofCell } = this.#cells;
    const live = blocks.sizes.reduce((sum, size) => sum + size, 0);
    const side = `${bytes(ofCell)} a square, filled as far as it is in use`;
    const found = `${counted(blocks.length, "block")}, ${bytes(live)}`;
    if (this.#step > 1) return [this.#when(), `one block in ${count(this.#step)} is shown: ${found}`, side];
    if (this.#isSampled) return [this.#when(), `only what was sampled: ${found}`, side];
    const { length } = this.#model.data.arenas.addresses;
    const arenas = this.#isNow && length > 0 ? ` in ${counted(length, "arena")}` : "";
    const space = cells.filter(({ full }) => full > 0).length * ofCell;
    return [`${this.#when()}${arenas}`, found, side, `squares in use are ${percent(live, space)} full`];
  }

  #choose(cell: number): void {
    const blocks = this.#blocks;
    const chosen = this.#cells.cells[cell];
    if (!blocks || !chosen) return;
    this.#overview.mark(cell);
    this.#closeup.show(
      {
        ...this.#cells,
        blocks,
        ...this.#classes(this.#mode, blocks),
        poolAt: (address) => this.#poolAt(address),
      },
      cell,
    );
    this.#say(this.#cellWords(cell), this.#ownerOf(chosen));
  }

  /** The pool at an address. The pools are known only for the present moment. */
  #poolAt(address: number) {
    if (!this.#isNow) return undefined;
    const { pools } = this.#model.data;
    const k = lowerBound(pools.addresses, address + 1) - 1;
    const start = pools.addresses[k];
    const end = (start ?? 0) + (pools.sizes[k] ?? 0);
    if (start === undefined || address >= end) return undefined;
    return { start, end, blockSize: pools.blockSizes[k] ?? 0 };
  }

  /** The arenas and pools of a cell, in words. They are known only for the present moment. */
  #placesOf(cell: Cell): string[] {
    if (!this.#isNow) return [];
    const { arenas, pools } = this.#model.data;
    const end = cell.address + this.#cells.bytes;
    const inArenas = overlapping(arenas, cell.address, end).map(
      (k) => `in the arena of ${bytes(arenas.sizes[k] ?? 0)} at 0x${(arenas.addresses[k] ?? 0).toString(16)}`,
    );
    const inPools = overlapping(pools, cell.address, end).map((k) => {
      const blockSize = pools.blockSizes[k] ?? 0;
      const room = Math.floor((pools.sizes[k] ?? 0) / blockSize);
      return blockSize === 0 ? "a free pool" : `a pool of ${blockSize}-byte blocks, ${pools.used[k]} of ${room} in use`;
    });
    return [...inPools.slice(0, PLACES_SHOWN), ...inArenas.slice(0, PLACES_SHOWN)];
  }

  #fullWords({ full }: Cell): string {
    if (full === 0) return this.#hasUnseen ? "nothing shown" : "free";
    if (this.#isSampled) return `${percent(full, 1)} in sampled blocks`;
    return `${this.#step > 1 ? "about " : ""}${percent(full, 1)} in use`;
  }

  #cellWords(cell: number): string[] {
    const found = this.#cells.cells[cell];
    if (!found) return [];
    const owner = this.#ownerOf(found);
    const mostly = owner !== undefined ? [`mostly ${this.#stackWords(owner)[0]}`] : [];
    return [`0x${found.address.toString(16)}`, this.#fullWords(found), ...mostly, ...this.#placesOf(found)];
  }

  /** The node of the stack that allocated most of a cell; undefined if it is not known. */
  #ownerOf({ address }: Cell): number | undefined {
    const blocks = this.#blocks;
    if (!blocks) return undefined;
    const end = address + this.#cells.bytes;
    const sums = new Map<number, number>();
    for (let block = blocks.firstAt(address); block < blocks.length; block++) {
      const begin = blocks.addresses[block] as number;
      if (begin >= end) break;
      const node = blocks.node(block);
      if (node === undefined) continue;
      const inCell = Math.min(end, begin + (blocks.sizes[block] as number)) - Math.max(begin, address);
      sums.set(node, (sums.get(node) ?? 0) + inCell);
    }
    let [owner, most]: [number | undefined, number] = [undefined, 0];
    for (const [node, sum] of sums) if (sum > most) [owner, most] = [node, sum];
    return owner;
  }

  /** Says words about a cell or a block, with a way to the function that allocated it. */
  #say(words: readonly string[], node: number | undefined): void {
    const found = node === undefined ? undefined : this.#model.tree.frame(node).function;
    // An entry without a file is not a function: the interpreter's start, or many small calls as one.
    const f = found?.file ? found : undefined;
    const show = () => f && this.#store.set({ tab: "table", grouping: "function", selected: functionLabel(f) });
    const text = words.join(" · ");
    const name = f ? `Show ${functionName(f)}` : "";
    // A running program's data is new again and again; the same button stays, so that a click on it is not lost.
    if (this.#says.textContent === `${text} ${name}`) return;
    this.#says.replaceChildren(
      `${text} `,
      ...(f ? [h("button", { type: "button", class: "link", onclick: show }, name)] : []),
    );
  }

  /** A stack, the innermost function first. Successive frames with the same line are one entry, with their number. */
  #stackWords(node: number): string[] {
    if (node === 0) return [this.#model.originName("outside")];
    const calls: { words: string; count: number }[] = [];
    for (const { function: f, line } of this.#model.tree.stack(node)) {
      const words = `${f.name} ${placeOf(f, line)}`.trim();
      const last = calls.at(-1);
      if (last?.words === words) last.count++;
      else if (calls.length === STACK_SHOWN) break;
      else calls.push({ words, count: 1 });
    }
    return calls.map(({ words, count: times }) => (times === 1 ? words : `${words} × ${count(times)}`));
  }

  /** What is known of a block, and the calls that allocated it, the innermost first. */
  #blockWords(block: number): { readonly words: string[]; readonly stack: string[] } {
    const blocks = this.#blocks;
    if (!blocks) return { words: [], stack: [] };
    const size = `${bytes(blocks.sizes[block] ?? 0)} at 0x${(blocks.addresses[block] ?? 0).toString(16)}`;
    const birth = blocks.births[block] ?? UNKNOWN;
    const age = birth === UNKNOWN ? [] : [`since ${instant(this.#model.timeOf(birth))}`];
    const node = blocks.node(block);
    const stack = node === undefined ? [] : this.#stackWords(node);
    const type = blocks.type(block);
    const domain = `${BLOCK_DOMAINS[blocks.domain(block)] ?? ""} domain`;
    return { words: [size, type === undefined ? domain : `${type}, ${domain}`, ...age], stack };
  }

  #pointCell(cell: number | undefined, event: PointerEvent): void {
    const [first, ...rest] = cell === undefined ? [] : this.#cellWords(cell);
    if (first === undefined) hideNote();
    else showNote(event, h("strong", {}, first), ...rest.map((line) => h("span", {}, line)));
  }

  #pointAddress(address: number | undefined, event: PointerEvent): void {
    if (address === undefined || !this.#blocks) {
      hideNote();
      return;
    }
    const block = this.#blocks.at(address);
    if (block === undefined) {
      const pool = this.#poolAt(address);
      const outside = this.#hasUnseen ? "free, or not shown" : "free, or not Python's";
      // Some of the blocks that are not shown may be in the pool.
      const isFree = pool && pool.blockSize > 0 && !this.#hasUnseen;
      const what = isFree ? `a free block of ${pool.blockSize} bytes` : outside;
      showNote(event, h("span", {}, what));
      return;
    }
    const { words, stack } = this.#blockWords(block);
    const [size = "", domain = "", ...rest] = words;
    const lines = [...rest, ...stack].map((line) => h("small", {}, line));
    showNote(event, h("strong", {}, size), h("span", {}, domain), ...lines);
  }
}
