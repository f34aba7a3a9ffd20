// The timeline: what was live and what the platform gave, over time. Dragging over it picks a span, at the buckets that the
// page has; so do two handles, with the pointer or with arrow keys.

import uPlot from "uplot";
import { collectionAt, collectionWords, drawCollections } from "./collections.js";
import { beforePaint, h } from "./dom.js";
import type { Model } from "./model.js";
import { drawProgramBegin } from "./program.js";
import type { State, Store } from "./state.js";
import type { Colors } from "./theme.js";
import { bytes, counted, instant, stretch } from "./words.js";

const HEIGHT = 176;
const MICROSECONDS = 1e6;
const FONT = '11px "Inter Variable", system-ui, sans-serif';
/** A shorter drag is a click. */
const LEAST_DRAG = 5;

type End = "from" | "to";

export class TimelineChart {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #colors: Colors;
  readonly #holder = h("div", { class: "plot" });
  readonly #says = h("p", { class: "span-says" });
  readonly #collected = h("span");
  readonly #whole = h("button", { type: "button", class: "quiet", onclick: () => this.#pickAll() }, "Whole recording");
  readonly #program = h(
    "button",
    { type: "button", class: "quiet", onclick: () => this.#pickProgram() },
    "Program only",
  );
  /** The axis begins where the program does. */
  #isNear = false;
  readonly #handles = { from: this.#handle("from"), to: this.#handle("to") };
  #plot: uPlot | undefined;
  readonly #rebuild = beforePaint(() => this.#build());

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.#colors = colors;
    this.element = h(
      "section",
      { class: "card timeline", "aria-label": "Memory over time" },
      h(
        "div",
        { class: "row" },
        h("h2", {}, "Memory over time"),
        h(
          "ul",
          { class: "legend" },
          h("li", {}, h("i", { class: "swatch live" }), "live"),
          h("li", {}, h("i", { class: "swatch reserved" }), "from the platform"),
          h("li", {}, h("i", { class: "swatch collection" }), this.#collected),
        ),
        h("div", { class: "row end" }, this.#says, this.#program, this.#whole),
      ),
      this.#holder,
    );
    new ResizeObserver(this.#rebuild).observe(this.#holder);
    colors.onChange(this.#rebuild);
    store.on(["from", "to"], (state) => this.#showSpan(state));
  }

  /** The data is new. */
  update(): void {
    this.#plot?.setData(this.#columns());
  }

  #columns(): uPlot.AlignedData {
    const { timeline, duration } = this.#model.data.header;
    const last = timeline.at(-1);
    const points = last ? [...timeline, { ...last, time: Math.max(duration, last.time) }] : [];
    return [
      points.map((point) => point.time / MICROSECONDS),
      points.map((point) => point.reserved),
      points.map((point) => point.live),
    ];
  }

  #build(): void {
    const width = this.#holder.clientWidth;
    if (width === 0) return;
    this.#plot?.destroy();
    const colors = this.#colors;
    const axis = { stroke: colors.get("muted"), font: FONT, ticks: { show: false } };
    this.#plot = new uPlot(
      {
        width,
        height: HEIGHT,
        padding: [12, 10, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        scales: {
          x: { time: false, range: () => this.#range() },
          y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.08] },
        },
        axes: [
          { ...axis, grid: { show: false }, size: 28, values: (_, marks) => axisWords(marks) },
          {
            ...axis,
            size: 76,
            grid: { stroke: colors.get("line"), width: 1 },
            splits: (_, __, least, most) => binarySplits(least, most),
            values: (_, marks) => marks.map((n) => (n === 0 ? "0" : bytes(n))),
          },
        ],
        series: [
          {},
          {
            stroke: colors.get("reserved"),
            width: 1.5,
            dash: [4, 3],
            points: { show: false },
            paths: uPlot.paths.stepped?.({ align: 1 }),
          },
          { stroke: colors.get("live"), fill: colors.get("live-fill"), width: 1.75, points: { show: false } },
        ],
        hooks: {
          draw: [(plot) => this.#drawMarks(plot)],
          // Where a moment is on the axis is known only now.
          drawClear: [() => this.#showSpan(this.#store.state)],
          setSelect: [(plot) => this.#pick(plot)],
          setCursor: [(plot) => this.#sayMoment(plot)],
        },
      },
      this.#columns(),
      this.#holder,
    );
    this.#plot.over.append(
      h("div", { class: "shade before" }),
      h("div", { class: "shade after" }),
      this.#handles.from,
      this.#handles.to,
    );
    this.#showSpan(this.#store.state);
  }

  #pick(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (width < LEAST_DRAG) return;
    const boundary = (x: number) => this.#model.boundaryAt(plot.posToVal(x, "x") * MICROSECONDS);
    this.#set(boundary(left), boundary(left + width));
  }

  #set(from: number, to: number): void {
    const { length } = this.#model.buckets;
    const begin = Math.max(0, Math.min(from, length - 1));
    this.#store.set({ from: begin, to: Math.max(begin + 1, Math.min(to, length)) });
  }

  #pickAll(): void {
    this.#show(false);
    this.#set(0, this.#model.buckets.length);
  }

  #pickProgram(): void {
    const { program } = this.#model;
    if (!program) return;
    this.#show(true);
    this.#set(program.from, program.to);
  }

  /** Shows all of the recording, or only what is from the begin of the program on. */
  #show(isNear: boolean): void {
    this.#isNear = isNear;
    this.#plot?.setData(this.#columns());
  }

  /** Seconds that the axis goes from and to. */
  #range(): [number, number] {
    const { program, data } = this.#model;
    const begin = this.#isNear && program ? this.#model.timeOf(program.from) : 0;
    return [begin / MICROSECONDS, Math.max(data.header.duration, begin + MICROSECONDS / 1000) / MICROSECONDS];
  }

  #drawMarks(plot: uPlot): void {
    const { program, data } = this.#model;
    drawCollections(plot, data.header.collections, this.#colors);
    if (program) drawProgramBegin(plot, this.#model.timeOf(program.from) / MICROSECONDS, this.#colors);
  }

  #sayMoment(plot: uPlot): void {
    const { idx } = plot.cursor;
    const point = idx === null || idx === undefined ? undefined : this.#model.data.header.timeline[idx];
    if (!point) this.#saySpan(this.#store.state);
    else
      this.#says.textContent = `${instant(point.time)}: ${bytes(point.live)} live in ${counted(point.blocks, "block")}, ${bytes(point.reserved)} from the platform${collectionAt(plot, this.#model.data.header.collections, plot.cursor.left ?? -1)}`;
  }

  #saySpan({ from, to }: State): void {
    const [begin, end] = [this.#model.timeOf(from), this.#model.timeOf(to)];
    this.#says.textContent = this.#isWhole ? `Drag to pick a span` : stretch(begin, end);
  }

  get #isWhole(): boolean {
    const { from, to } = this.#store.state;
    return from === 0 && to >= this.#model.buckets.length;
  }

  #showSpan(state: State): void {
    const { program } = this.#model;
    this.#whole.hidden = this.#isWhole;
    this.#program.hidden = !program || (state.from === program.from && state.to === program.to);
    this.#saySpan(state);
    const { collections } = this.#model.data.header;
    this.#collected.textContent = collectionWords(
      collections,
      this.#model.timeOf(state.from),
      this.#model.timeOf(state.to),
    );
    const plot = this.#plot;
    if (!plot) return;
    const whole = plot.over.clientWidth;
    for (const end of ["from", "to"] as const) {
      const at = this.#model.timeOf(state[end]);
      const x = Math.min(whole, Math.max(0, plot.valToPos(at / MICROSECONDS, "x")));
      const handle = this.#handles[end];
      handle.style.left = `${x}px`;
      handle.setAttribute("aria-valuenow", String(state[end]));
      handle.setAttribute("aria-valuemax", String(this.#model.buckets.length));
      handle.setAttribute("aria-valuetext", instant(at));
      const shade = plot.over.querySelector<HTMLElement>(end === "from" ? ".before" : ".after");
      if (shade) shade.style.width = `${end === "from" ? x : whole - x}px`;
    }
  }

  #handle(end: End): HTMLElement {
    const handle = h("div", {
      class: `handle ${end}`,
      tabindex: 0,
      role: "slider",
      "aria-label": end === "from" ? "Begin of the span" : "End of the span",
      "aria-valuemin": 0,
    });
    const move = (to: number) => {
      const { from: begin, to: finish } = this.#store.state;
      if (end === "from") this.#set(Math.min(to, finish - 1), finish);
      else this.#set(begin, Math.max(to, begin + 1));
    };
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10, Home: -1000, End: 1000 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      move(this.#store.state[end] + step);
    });
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("mousedown", (event) => event.stopPropagation());
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId) || !this.#plot) return;
      const x = event.clientX - this.#plot.over.getBoundingClientRect().left;
      move(this.#model.boundaryAt(this.#plot.posToVal(x, "x") * MICROSECONDS));
    });
    return handle;
  }
}

/** Marks of the axis in seconds, or all of them in milliseconds if they are short. */
function axisWords(marks: readonly number[]): string[] {
  const isShort = (marks.at(-1) ?? 0) < 0.1;
  return marks.map((s) => (isShort ? `${Number((s * 1000).toPrecision(6))} ms` : `${s} s`));
}

/** Three or four marks at a round number of KiB, MiB or GiB. */
function binarySplits(least: number, most: number): number[] {
  const goal = (most - least) / 3;
  const unit = 2 ** (10 * Math.floor(Math.log2(Math.max(goal, 1)) / 10));
  const round =
    [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 500, 512].findLast((n) => n * unit <= goal) ?? 1;
  const step = round * unit;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, k) => k * step);
}
