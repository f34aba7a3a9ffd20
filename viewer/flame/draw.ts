// Draws the visible boxes of a flame graph.

import { fitCanvas } from "../dom.js";
import type { Colors } from "../theme.js";
import type { Origin } from "../words.js";
import { type Box, ROW_HEIGHT } from "./layout.js";

const FONT = '12px "Inter Variable", system-ui, sans-serif';
const TEXT_ABOVE = 34;
const PADDING = 7;
/** The least room for the figure that follows a text. */
const MORE_ABOVE = 48;
const RADIUS = 3;
/** Narrower boxes have square corners. */
const ROUND_ABOVE = 6;
const GAP = 1;
/** The opacity of the figure that follows a text. */
export const MORE_ALPHA = 0.85;

export interface FrameLook {
  readonly origin: Origin | "root";
  readonly text: string;
  /**
   * The figure that follows the text, in a paler colour. The function is called only if there is room for the figure.
   */
  readonly more: () => string;
  readonly state: "plain" | "found" | "dimmed";
}

export interface Scene {
  readonly rows: readonly Box[][];
  readonly width: number;
  readonly height: number;
  /** How far the graph is scrolled down. */
  readonly top: number;
  readonly current: number | undefined;
  readonly look: (frame: number) => FrameLook;
}

/** Widths of texts, in pixels, because measuring a text takes longer than drawing it. */
const widths = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  const { width } = context.measureText(text);
  widths.set(text, width);
  return width;
}

/** A text cut to a width, with … at its end; "" if hardly anything fits. */
function clip(context: CanvasRenderingContext2D, text: string, width: number): string {
  const whole = widthOf(context, text);
  if (whole <= width) return text;
  // Letters differ in width: start with the number that fits if all were equal, then shorten.
  let length = Math.floor((text.length * width) / whole);
  while (length > 1 && widthOf(context, `${text.slice(0, length)}…`) > width) length--;
  return length < 2 ? "" : `${text.slice(0, length)}…`;
}

export function drawFlames(canvas: HTMLCanvasElement, scene: Scene, colors: Colors): void {
  const context = fitCanvas(canvas, scene.width, scene.height);
  context.font = FONT;
  context.textBaseline = "middle";
  const first = Math.max(0, Math.floor(scene.top / ROW_HEIGHT));
  const last = Math.ceil((scene.top + scene.height) / ROW_HEIGHT);
  for (const row of scene.rows.slice(first, last + 1)) {
    for (const box of row) drawBox(context, box, scene, colors);
  }
}

/** Draws the line around a box, inside of it, so that the end of a pale box can be seen. */
function drawEdge(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  color: string,
): void {
  context.lineWidth = 1;
  context.strokeStyle = color;
  context.beginPath();
  context.roundRect(x + 0.5, y + 0.5, width - 1, height - 1, RADIUS - 0.5);
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, box: Box, scene: Scene, colors: Colors): void {
  const what = scene.look(box.frame);
  const { origin, text, state } = what;
  const y = box.row * ROW_HEIGHT - scene.top;
  const width = Math.max(box.width - GAP, 0.5);
  const height = ROW_HEIGHT - GAP;
  context.globalAlpha = state === "dimmed" ? 0.28 : 1;
  context.fillStyle = colors.get(state === "found" ? "found" : `frame-${origin}`);
  if (width < ROUND_ABOVE) context.fillRect(box.x, y, width, height);
  else {
    context.beginPath();
    context.roundRect(box.x, y, width, height, RADIUS);
    context.fill();
    if (state !== "found") drawEdge(context, box.x, y, width, height, colors.get(`frame-edge-${origin}`));
  }
  if (box.frame === scene.current) {
    context.lineWidth = 2;
    context.strokeStyle = colors.get("ink");
    context.beginPath();
    context.roundRect(box.x + 1, y + 1, Math.max(width - 2, 1), height - 2, RADIUS);
    context.stroke();
  }
  if (width >= TEXT_ABOVE) {
    const room = width - 2 * PADDING;
    const shown = clip(context, text, room);
    context.fillStyle = colors.get(state === "found" ? "found-ink" : "frame-ink");
    context.fillText(shown, box.x + PADDING, y + height / 2 + 0.5);
    const used = widthOf(context, shown);
    if (shown !== text || room - used < MORE_ABOVE) return;
    const more = what.more();
    if (room - used > widthOf(context, more) + 16) {
      context.globalAlpha *= MORE_ALPHA;
      context.fillText(more, box.x + PADDING + used + 8, y + height / 2 + 0.5);
    }
  }
  context.globalAlpha = 1;
}
