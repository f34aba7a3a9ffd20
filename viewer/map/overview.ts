// The heap on one canvas: a square for each cell. It is filled from below to the share that is in use, or its colour
// shows that share.

import { beforePaint, fitCanvas, h } from "../dom.js";
import type { Colors } from "../theme.js";
import type { Cell } from "./cells.js";
import type { MapClass } from "./modes.js";

const GAP = 1;
/** Room around the squares, for the line around the chosen one. */
const EDGE = 4;
const LARGEST = 15;
const SMALLEST = 4;
/** The picture is at most this high, as long as cells have at least their smallest size. */
const GOOD_HEIGHT = 420;

export interface OverviewEvents {
  readonly choose: (cell: number) => void;
  readonly point: (cell: number | undefined, event: PointerEvent) => void;
}

export class Overview {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { "aria-hidden": "true" });
  readonly #colors: Colors;
  readonly #events: OverviewEvents;
  #cells: readonly Cell[] = [];
  #classes: readonly MapClass[] = [];
  #byFullness = false;
  #chosen = 0;
  #side = LARGEST;
  #columns = 1;
  readonly #repaint = beforePaint(() => this.#draw());

  constructor(colors: Colors, events: OverviewEvents) {
    this.#colors = colors;
    this.#events = events;
    this.element = h(
      "div",
      {
        class: "map-overview",
        tabindex: 0,
        role: "application",
        "aria-label": "Heap map",
        "aria-describedby": "map-help",
      },
      this.#canvas,
    );
    new ResizeObserver(this.#repaint).observe(this.element);
    colors.onChange(this.#repaint);
    this.element.addEventListener("pointermove", (event) => events.point(this.#cellAt(event), event));
    this.element.addEventListener("pointerleave", (event) => events.point(undefined, event));
    this.element.addEventListener("click", (event) => {
      const cell = this.#cellAt(event);
      if (cell !== undefined) events.choose(cell);
    });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  show(cells: readonly Cell[], classes: readonly MapClass[], { byFullness }: { readonly byFullness: boolean }): void {
    this.#cells = cells;
    this.#classes = classes;
    this.#byFullness = byFullness;
    this.#repaint();
  }

  mark(cell: number): void {
    this.#chosen = cell;
    this.#repaint();
  }

  #key(event: KeyboardEvent): void {
    const next = {
      ArrowLeft: this.#chosen - 1,
      ArrowRight: this.#chosen + 1,
      ArrowUp: this.#chosen - this.#columns,
      ArrowDown: this.#chosen + this.#columns,
      Home: 0,
      End: this.#cells.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next >= 0 && next < this.#cells.length) this.#events.choose(next);
  }

  #cellAt(event: MouseEvent): number | undefined {
    const bounds = this.#canvas.getBoundingClientRect();
    const pitch = this.#side + GAP;
    const column = Math.floor((event.clientX - bounds.left - EDGE) / pitch);
    const cell = Math.floor((event.clientY - bounds.top - EDGE) / pitch) * this.#columns + column;
    return column >= 0 && column < this.#columns && cell >= 0 && cell < this.#cells.length ? cell : undefined;
  }

  #layOut(width: number): number {
    let side = LARGEST;
    const rows = () => Math.ceil(this.#cells.length / Math.floor(width / (side + GAP)));
    while (side > SMALLEST && rows() * (side + GAP) > GOOD_HEIGHT) side--;
    this.#side = side;
    this.#columns = Math.max(1, Math.floor(width / (side + GAP)));
    return rows() * (side + GAP);
  }

  #draw(): void {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const height = this.#layOut(width - 2 * EDGE) + 2 * EDGE;
    const context = fitCanvas(this.#canvas, width, height);
    context.translate(EDGE, EDGE);
    const free = this.#colors.get("map-free");
    const paint = this.#classes.map(({ color }) => this.#colors.get(color));
    const side = this.#side;
    this.#cells.forEach((cell, k) => {
      const x = (k % this.#columns) * (side + GAP);
      const y = Math.floor(k / this.#columns) * (side + GAP);
      context.fillStyle = free;
      context.fillRect(x, y, side, side);
      if (cell.full > 0) {
        const last = this.#classes.length - 1;
        const kind = this.#byFullness ? Math.min(last, Math.floor(cell.full * this.#classes.length)) : cell.kind;
        const filled = this.#byFullness ? side : Math.max(1, Math.round(side * cell.full));
        context.fillStyle = paint[kind] ?? free;
        context.fillRect(x, y + side - filled, side, filled);
      }
      if (cell.gap) {
        context.fillStyle = this.#colors.get("ink");
        context.fillRect(x - GAP, y, GAP, side);
      }
    });
    const x = (this.#chosen % this.#columns) * (side + GAP);
    const y = Math.floor(this.#chosen / this.#columns) * (side + GAP);
    if (this.#cells.length === 0) return;
    // A light and a dark line, so that one of them contrasts with any colour.
    for (const [color, out] of [
      ["surface", 0.5],
      ["ink", 2.5],
    ] as const) {
      context.strokeStyle = this.#colors.get(color);
      context.lineWidth = 2;
      context.strokeRect(x - out, y - out, side + 2 * out, side + 2 * out);
    }
  }
}
