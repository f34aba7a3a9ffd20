// A cell and its neighbours, byte by byte: a row for each cell, with every block in its true width.

import { beforePaint, fitCanvas, h } from "../dom.js";
import type { Colors } from "../theme.js";
import type { MapBlocks } from "./blocks.js";
import type { Cell } from "./cells.js";
import type { MapClass } from "./modes.js";

const CLOSEUP_ROWS = 8;
const ROW = 26;
/** The room for addresses; in a narrow window only for the mark at the chosen row. */
const LABEL = 96;
const NARROW_LABEL = 12;
/** The width of the mark, and its height. */
const MARK = { width: 6, height: 10 };
const FONT = '11px "JetBrains Mono Variable", ui-monospace, monospace';
/** A block wider than this, in pixels, is separated from the next one by a pixel. */
const SEPARATE_ABOVE = 3;

export interface CloseupScene {
  readonly cells: readonly Cell[];
  readonly bytes: number;
  readonly blocks: MapBlocks;
  readonly classes: readonly MapClass[];
  readonly kindOf: (block: number) => number;
  /** For the pool at an address, the size of its blocks, its beginning and its end; undefined if there is none. */
  readonly poolAt: (
    address: number,
  ) => { readonly start: number; readonly end: number; readonly blockSize: number } | undefined;
}

export class Closeup {
  readonly element: HTMLElement;
  readonly #canvas = h("canvas", { "aria-hidden": "true" });
  readonly #colors: Colors;
  #scene: CloseupScene | undefined;
  #first = 0;
  #chosen = 0;
  #current: number | undefined;
  readonly #repaint = beforePaint(() => this.#draw());

  constructor(
    colors: Colors,
    point: (address: number | undefined, event: PointerEvent) => void,
    choose: (block: number) => void,
  ) {
    this.#colors = colors;
    this.element = h(
      "div",
      {
        class: "map-closeup",
        tabindex: 0,
        role: "application",
        "aria-label": "Blocks",
        "aria-describedby": "map-help",
      },
      this.#canvas,
    );
    new ResizeObserver(this.#repaint).observe(this.element);
    colors.onChange(this.#repaint);
    this.element.addEventListener("pointermove", (event) => point(this.#addressAt(event), event));
    this.element.addEventListener("pointerleave", (event) => point(undefined, event));
    this.element.addEventListener("click", (event) => {
      const address = this.#addressAt(event);
      const block = address === undefined ? undefined : this.#scene?.blocks.at(address);
      if (block === undefined) return;
      this.#current = block;
      choose(block);
      this.#repaint();
    });
    this.element.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined || !this.#scene) return;
      event.preventDefault();
      const start = this.#scene.blocks.firstAt(this.#scene.cells[this.#first]?.address ?? 0);
      const next = this.#current === undefined ? start : this.#current + step;
      if (next < 0 || next >= this.#scene.blocks.length) return;
      this.#current = next;
      choose(next);
      this.#repaint();
    });
  }

  /** Shows a cell, which is marked, and its neighbours. */
  show(scene: CloseupScene, chosen: number): void {
    this.#scene = scene;
    this.#chosen = chosen;
    this.#first = Math.max(0, Math.min(chosen - Math.floor(CLOSEUP_ROWS / 2), scene.cells.length - CLOSEUP_ROWS));
    this.#current = undefined;
    this.#repaint();
  }

  get #label(): number {
    return this.element.clientWidth < 600 ? NARROW_LABEL : LABEL;
  }

  #addressAt(event: MouseEvent): number | undefined {
    const bounds = this.#canvas.getBoundingClientRect();
    const cell = this.#scene?.cells[this.#first + Math.floor((event.clientY - bounds.top) / ROW)];
    const share = (event.clientX - bounds.left - this.#label) / (bounds.width - this.#label);
    return cell && this.#scene && share >= 0 && share < 1 ? cell.address + share * this.#scene.bytes : undefined;
  }

  #draw(): void {
    const scene = this.#scene;
    const width = this.element.clientWidth;
    if (!scene || width === 0) return;
    const rows = scene.cells.slice(this.#first, this.#first + CLOSEUP_ROWS);
    const context = fitCanvas(this.#canvas, width, Math.max(1, rows.length * ROW));
    rows.forEach((cell, k) => {
      this.#drawLabel(context, cell, k * ROW, this.#first + k === this.#chosen);
      this.#drawRow(context, scene, cell, k * ROW, width);
    });
  }

  #drawLabel(context: CanvasRenderingContext2D, cell: Cell, y: number, isChosen: boolean): void {
    const middle = y + (ROW - 4) / 2;
    context.fillStyle = this.#colors.get(isChosen ? "ink" : "muted");
    if (isChosen) {
      context.beginPath();
      context.moveTo(0, middle - MARK.height / 2);
      context.lineTo(MARK.width, middle);
      context.lineTo(0, middle + MARK.height / 2);
      context.fill();
    }
    if (this.#label < LABEL) return;
    context.font = FONT;
    context.textBaseline = "middle";
    context.fillText(`0x${cell.address.toString(16)}`, NARROW_LABEL, middle);
  }

  #drawRow(context: CanvasRenderingContext2D, scene: CloseupScene, cell: Cell, y: number, width: number): void {
    const label = this.#label;
    const scale = (width - label) / scene.bytes;
    const height = ROW - 4;
    context.fillStyle = this.#colors.get("map-free");
    context.fillRect(label, y, width - label, height);
    this.#drawPool(context, scene, cell, y, label, scale);
    const { blocks } = scene;
    const end = cell.address + scene.bytes;
    for (let block = blocks.firstAt(cell.address); block < blocks.length; block++) {
      const address = blocks.addresses[block] ?? 0;
      if (address >= end) break;
      const left = Math.max(0, address - cell.address) * scale;
      const right = Math.min(scene.bytes, address + (blocks.sizes[block] ?? 0) - cell.address) * scale;
      const gap = right - left > SEPARATE_ABOVE ? 1 : 0;
      context.fillStyle = this.#colors.get(scene.classes[scene.kindOf(block)]?.color ?? "map-outside");
      context.fillRect(label + left, y, Math.max(0.5, right - left - gap), height);
      if (block !== this.#current) continue;
      context.strokeStyle = this.#colors.get("ink");
      context.lineWidth = 2;
      context.strokeRect(label + left, y, Math.max(2, right - left), height);
    }
  }

  /**
   * Draws a thin line in front of each block of the cell's pools. So free blocks, over which nothing is drawn, can be
   * told apart.
   */
  #drawPool(
    context: CanvasRenderingContext2D,
    scene: CloseupScene,
    cell: Cell,
    y: number,
    label: number,
    scale: number,
  ): void {
    context.fillStyle = this.#colors.get("map-line");
    for (let at = cell.address; at < cell.address + scene.bytes; ) {
      const pool = scene.poolAt(at);
      if (!pool || pool.blockSize === 0) {
        at += 1024;
        continue;
      }
      if (pool.blockSize * scale > SEPARATE_ABOVE) {
        for (let block = pool.start; block < Math.min(pool.end, cell.address + scene.bytes); block += pool.blockSize) {
          if (block >= cell.address) context.fillRect(label + (block - cell.address) * scale - 1, y, 1, ROW - 4);
        }
      }
      at = pool.end;
    }
  }
}
