// The timeline: what was live over time. Dragging over it picks a span; so do two handles, with the pointer or with
// keys. It can be zoomed into a span.

import uPlot from "uplot";
import { beforePaint, h } from "../dom.js";
import type { Model, Stretch } from "../model.js";
import { firstIndex } from "../sorted.js";
import type { State, Store } from "../state.js";
import type { Colors } from "../theme.js";
import { bytes, counted, instantIn, stretch } from "../words.js";
import { timeAndBytes } from "./axis.js";
import { collectionAt, collectionWords, drawCollections } from "./collections.js";
import { type Columns, columnsOf } from "./columns.js";
import { PeakMark } from "./peak.js";
import { drawProgramBegin } from "./program.js";
import { type End, Selection } from "./selection.js";

const HEIGHT = 168;
const MICROSECONDS = 1e6;
/** The pointer is at a mark if its distance is at most this, in pixels. */
const NEAR = 4;

export class TimelineChart {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #colors: Colors;
  readonly #holder = h("div", { class: "plot" });
  readonly #says = h("p", { class: "span-says" });
  readonly #legend = h("ul", { class: "legend" });
  readonly #buttons = {
    start: button("Interpreter's start", "toggle", () => this.#toggleStart()),
    closer: button("Zoom in", "", () => this.#lookCloser()),
    back: button("Zoom out", "", () => this.#see(undefined)),
    all: button("", "", () => this.#pickAll()),
  };
  readonly #selection = new Selection({
    pick: (from, to) => this.#set(this.#timeAt(from), this.#timeAt(to)),
    move: (end, at) => this.#move(end, this.#timeAt(at)),
    step: (end, hundredths) => this.#step(end, hundredths),
    draw: (from, to) => this.#sayStretch("Picking", { from: this.#timeAt(from), to: this.#timeAt(to) }),
    point: (at) => this.#point(at),
  });
  readonly #peak = new PeakMark();
  /** The visible stretch; undefined if all is visible. */
  #seen: Stretch | undefined;
  #columns: Columns = { times: [], live: [], base: [], reserved: [] };
  #plot: uPlot | undefined;
  readonly #rebuild = beforePaint(() => this.#build());

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.#colors = colors;
    const { start, closer, back, all } = this.#buttons;
    start.title = "Count what the interpreter allocated before the program as well";
    this.element = h(
      "section",
      { class: "card timeline", "aria-label": "Memory over time" },
      h(
        "div",
        { class: "row" },
        h("h2", {}, "Memory over time"),
        this.#legend,
        h("div", { class: "row end" }, all, closer, back, start),
      ),
      this.#holder,
      this.#says,
    );
    new ResizeObserver(this.#rebuild).observe(this.#holder);
    colors.onChange(this.#rebuild);
    store.on(["withStart"], () => this.#rebuild());
    store.on(["from", "to", "withStart"], (state) => this.#showSpan(state));
    // Another span has another peak.
    store.on(["from", "to"], () => this.#plot?.redraw(false));
  }

  /** Shows new data of the model. */
  update(): void {
    this.#columns = columnsOf(this.#model, this.#store.state.withStart);
    this.#redraw();
  }

  #redraw(): void {
    const data = this.#aligned();
    // With the interpreter's start and without it, the plots have different series.
    if (this.#plot?.series.length === data.length) this.#plot.setData(data);
    else this.#rebuild();
  }

  #aligned(): uPlot.AlignedData {
    const { times, live, base, reserved } = this.#columns;
    return this.#store.state.withStart ? [times, live, reserved, base] : [times, live];
  }

  /** The whole range that can be shown; and the visible part. */
  get #range(): Stretch {
    return this.#model.range(this.#store.state.withStart);
  }

  get #sight(): Stretch {
    return this.#seen ?? this.#range;
  }

  #timeAt(share: number): number {
    const { from, to } = this.#sight;
    return this.#model.snap(from + share * (to - from));
  }

  #build(): void {
    const width = this.#holder.clientWidth;
    if (width === 0) return;
    this.#plot?.destroy();
    this.#columns = columnsOf(this.#model, this.#store.state.withStart);
    this.#plot = new uPlot(this.#options(width), this.#aligned(), this.#holder);
    // Totals have no spans to pick.
    if (!this.#model.data.header.totals) this.#plot.over.append(this.#selection.element);
    this.#plot.over.append(this.#peak.words);
    this.#showSpan(this.#store.state);
  }

  #options(width: number): uPlot.Options {
    const colors = this.#colors;
    const line = { points: { show: false } };
    return {
      width,
      height: HEIGHT,
      padding: [18, 24, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => this.#seconds() },
        y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.05] },
      },
      axes: timeAndBytes(colors),
      series: [
        {},
        { ...line, stroke: colors.get("live"), fill: colors.get("live-fill"), width: 1.5 },
        { ...line, stroke: colors.get("reserved"), width: 1.5, dash: [4, 3] },
        { ...line, fill: colors.get("base-fill"), width: 0 },
      ].slice(0, this.#store.state.withStart ? 4 : 2),
      hooks: { draw: [(plot) => this.#drawMarks(plot)] },
    };
  }

  /** The first and the last second of the axis. */
  #seconds(): [number, number] {
    const { from, to } = this.#sight;
    return [from / MICROSECONDS, Math.max(to, from + 1) / MICROSECONDS];
  }

  #drawMarks(plot: uPlot): void {
    const { header } = this.#model.data;
    drawCollections(plot, header.collections, this.#colors);
    if (this.#model.hasStart) drawProgramBegin(plot, this.#colors);
    const { state } = this.#store;
    const { time, bytes: size } = this.#model.figures(this.#model.spanOf(state)).peak;
    const width = plot.over.clientWidth;
    const { from, to } = this.#sight;
    const at = (moment: number) => (width * (moment - from)) / Math.max(1, to - from);
    const lines = header.totals ? [] : [at(state.from), at(state.to)];
    this.#peak.draw(plot, { seconds: time / MICROSECONDS, bytes: size, lines }, this.#colors);
  }

  #set(from: number, to: number): void {
    if (from < to) this.#store.set({ from, to });
  }

  #move(end: End, time: number): void {
    const { from, to } = this.#store.state;
    if (end === "from") this.#set(Math.min(time, this.#model.step(to, -1)), to);
    else this.#set(from, Math.max(time, this.#model.step(from, 1)));
  }

  #step(end: End, hundredths: number): void {
    const { from, to } = this.#range;
    const at = this.#store.state[end];
    const sight = this.#sight.to - this.#sight.from;
    if (Number.isFinite(hundredths)) this.#move(end, this.#within(this.#model.step(at, (hundredths * sight) / 100)));
    else this.#move(end, hundredths < 0 ? from : to);
  }

  #within(time: number): number {
    return Math.min(this.#range.to, Math.max(this.#range.from, time));
  }

  #pickAll(): void {
    this.#store.set(this.#range);
  }

  #toggleStart(): void {
    const withStart = !this.#store.state.withStart;
    this.#seen = undefined;
    // A span of the program is also valid with the start, but not the reverse.
    const range = this.#model.range(withStart);
    const { from, to } = this.#store.state;
    const keeps = !this.#isWhole && from >= range.from && to > range.from;
    this.#store.set({ withStart, ...(keeps ? {} : range) });
  }

  #lookCloser(): void {
    const { from, to } = this.#store.state;
    this.#see(this.#model.around({ from, to }, this.#range));
  }

  #see(seen: Stretch | undefined): void {
    this.#seen = seen;
    this.#redraw();
    this.#showSpan(this.#store.state);
  }

  get #isWhole(): boolean {
    const { from, to } = this.#store.state;
    return from <= this.#range.from && to >= this.#range.to;
  }

  #point(at: number | undefined): void {
    if (at === undefined) {
      this.#saySpan(this.#store.state);
      return;
    }
    const { from, to } = this.#sight;
    const time = from + at * (to - from);
    this.#says.textContent = this.#momentWords(time, to - from);
  }

  #momentWords(time: number, seen: number): string {
    const { header, buckets } = this.#model.data;
    const bucket = buckets[firstIndex(buckets.length, (k) => (buckets[k]?.time ?? 0) <= time) - 1];
    const reach = (NEAR * seen) / Math.max(1, this.#selection.element.clientWidth);
    const collected = collectionAt(header.collections, time, reach);
    const when = instantIn(time, seen);
    if (!bucket) return `${when}: nothing was live yet`;
    const { withStart } = this.#store.state;
    const isLevel = time > bucket.last;
    const own = isLevel
      ? { size: bucket.endBytes - bucket.base, blocks: bucket.endBlocks - bucket.baseBlocks }
      : { size: bucket.ownPeakBytes, blocks: bucket.ownPeakBlocks };
    const all = isLevel
      ? { size: bucket.endBytes, blocks: bucket.endBlocks }
      : { size: bucket.peakBytes, blocks: bucket.peakBlocks };
    const { size, blocks } = withStart ? all : own;
    const platform = withStart ? `, ${bytes(bucket.reserved)} from the platform` : "";
    return `${when}: ${bytes(size)} live in ${counted(blocks, "block")}${platform}${collected}`;
  }

  #saySpan({ from, to }: State): void {
    const { hasStart, data } = this.#model;
    const since = hasStart && this.#store.state.withStart ? " Times count from the beginning of the program." : "";
    this.#says.textContent = this.#isWhole
      ? data.header.totals
        ? "Spans cannot be picked: this recording has totals of the whole program."
        : `Drag over the chart to pick a span of time.${since}`
      : "";
    if (!this.#isWhole) this.#sayStretch("Picked", { from, to });
  }

  #sayStretch(what: string, { from, to }: Stretch): void {
    this.#says.textContent = `${what}: ${stretch(from, to)}`;
  }

  #showSpan(state: State): void {
    const { hasStart, data } = this.#model;
    const { from, to } = this.#sight;
    const { start, closer, back, all } = this.#buttons;
    start.hidden = !hasStart;
    start.setAttribute("aria-pressed", String(state.withStart));
    all.hidden = this.#isWhole;
    all.textContent = hasStart && !state.withStart ? "Whole program" : "Whole recording";
    closer.hidden = this.#isWhole || (state.from <= from && state.to >= to);
    back.hidden = this.#seen === undefined;
    this.#showLegend(state, collectionWords(data.header.collections, state.from, state.to));
    this.#saySpan(state);
    const share = (time: number) => (time - from) / Math.max(1, to - from);
    this.#selection.show(share(state.from), share(state.to));
    const [least, most] = [this.#range.from / MICROSECONDS, this.#range.to / MICROSECONDS];
    for (const end of ["from", "to"] as const) {
      this.#selection.say(end, { now: state[end] / MICROSECONDS, least, most, text: instantIn(state[end], to - from) });
    }
  }

  #showLegend({ withStart }: State, collections: string): void {
    const { hasStart } = this.#model;
    const entry = (kind: string, words: string) => h("li", {}, h("i", { class: `swatch ${kind}` }), words);
    this.#legend.replaceChildren(
      entry("live", withStart ? "live" : "live, of the program"),
      ...(withStart && hasStart ? [entry("base", "of the interpreter's start")] : []),
      ...(withStart ? [entry("reserved", "from the platform")] : []),
      ...(this.#model.data.header.collections.some(({ time }) => time >= this.#range.from)
        ? [entry("collection", collections)]
        : []),
    );
  }
}

function button(name: string, kind: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: `quiet ${kind}`, onclick }, name);
}
