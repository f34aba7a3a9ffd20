// The heap's figures while the page runs: what is live, what it took, and its limits. Nothing is recorded for that.

import uPlot from "uplot";
import type { HeapStats } from "../../src/alloc/stats.js";
import type { Limits, Look } from "../../src/panel/subject.js";
import { beforePaint, h } from "../dom.js";
import { figureList, showFigures } from "../figures.js";
import { accountBar } from "../sizes.js";
import type { Colors } from "../theme.js";
import { timeAndBytes } from "../timeline/axis.js";
import { bytes, counted } from "../words.js";
import { makeLimits } from "./limits.js";

/** The most moments that are kept: a quarter of an hour, with one in a second. */
const MOST = 900;
const HEIGHT = 150;

/** Bytes of live blocks. */
export const liveOf = ({ account: { live } }: HeapStats): number => live.raw + live.mem + live.object;

export class MemoryView {
  readonly element: HTMLElement;
  readonly #colors: Colors;
  readonly #figures = figureList("Figures of the heap");
  readonly #account = h("div");
  readonly #holder = h("div", { class: "plot" });
  readonly #limits: ReturnType<typeof makeLimits>;
  readonly #rows: [times: number[], live: number[], taken: number[]] = [[], [], []];
  readonly #began = performance.now();
  #plot: uPlot | undefined;
  readonly #rebuild = beforePaint(() => this.#build());

  /** `setLimits` sets the heap's limits. */
  constructor(setLimits: (limits: Limits) => void, colors: Colors) {
    this.#colors = colors;
    this.#limits = makeLimits(setLimits);
    const key = (name: string, text: string) =>
      h("li", {}, h("i", { class: `swatch ${name}`, "aria-hidden": "true" }), text);
    this.element = h(
      "div",
      {},
      this.#figures,
      h(
        "section",
        { class: "card timeline", "aria-label": "Memory over time" },
        h(
          "div",
          { class: "row" },
          h("h2", {}, "Memory"),
          h("ul", { class: "legend" }, key("live", "live"), key("reserved", "taken from the platform")),
          h("div", { class: "row end" }, this.#limits.element),
        ),
        this.#holder,
        this.#account,
      ),
    );
    new ResizeObserver(this.#rebuild).observe(this.#holder);
    colors.onChange(this.#rebuild);
  }

  /** Shows the heap as it is now. */
  add(look: Look): void {
    const { stats } = look;
    const { account, allocatedBlocks, memoryBytes } = stats;
    const row = [(performance.now() - this.#began) / 1000, liveOf(stats), account.platform];
    this.#rows.forEach((column, k) => {
      column.push(row[k] ?? 0);
      if (column.length > MOST) column.shift();
    });
    if (this.#plot) this.#plot.setData(this.#rows);
    else this.#rebuild();
    const free = account.freeInPools + account.freePools + account.rawFree;
    showFigures(this.#figures, [
      ["Live", bytes(liveOf(stats)), `in ${counted(allocatedBlocks, "block")}`],
      ["Free", bytes(free), "taken, and in no block"],
      ["Taken", bytes(account.platform), `at most ${bytes(stats.platformPeak)}`],
      ["WebAssembly memory", bytes(memoryBytes), "never becomes smaller"],
    ]);
    this.#account.replaceChildren(...accountBar(account));
    this.#limits.show(look);
  }

  #build(): void {
    const width = this.#holder.clientWidth;
    if (width === 0) return;
    this.#plot?.destroy();
    const colors = this.#colors;
    const points = { points: { show: false } };
    this.#plot = new uPlot(
      {
        ...{ width, height: HEIGHT, padding: [8, 16, 0, 0], legend: { show: false }, cursor: { show: false } },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(most, 1) * 1.05] } },
        axes: timeAndBytes(colors),
        series: [
          {},
          { ...points, stroke: colors.get("live"), fill: colors.get("live-fill"), width: 1.5 },
          { ...points, stroke: colors.get("reserved"), width: 1.5, dash: [4, 3] },
        ],
      },
      this.#rows,
      this.#holder,
    );
  }
}
