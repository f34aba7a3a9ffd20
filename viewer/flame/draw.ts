// Draws the boxes of a flame graph that are in sight.

import { fitCanvas } from "../dom.js";
import type { Colors } from "../theme.js";
import type { Origin } from "../words.js";
import { type Box, ROW_HEIGHT } from "./layout.js";

const FONT = '12px "Inter Variable", system-ui, sans-serif';
const TEXT_ABOVE = 34;
const PADDING = 7;
const RADIUS = 3;
const GAP = 1;

export interface FrameLook {
  readonly origin: Origin | "root";
  readonly text: string;
  /** What stands behind the text, quieter, if there is room. */
  readonly more: string;
  readonly state: "plain" | "found" | "dimmed";
}

export interface Scene {
  readonly rows: readonly Box[][];
  readonly width: number;
  readonly height: number;
  /** How far it is scrolled down. */
  readonly top: number;
  readonly current: number | undefined;
  readonly look: (frame: number) => FrameLook;
}

/** As much of a text as fits, with … at its end; "" if that is next to nothing. */
function clip(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low < 2 ? "" : `${text.slice(0, low)}…`;
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

function drawBox(context: CanvasRenderingContext2D, box: Box, scene: Scene, colors: Colors): void {
  const { origin, text, more, state } = scene.look(box.frame);
  const y = box.row * ROW_HEIGHT - scene.top;
  const width = Math.max(box.width - GAP, 0.5);
  const height = ROW_HEIGHT - GAP;
  context.globalAlpha = state === "dimmed" ? 0.28 : 1;
  context.fillStyle = colors.get(state === "found" ? "found" : `frame-${origin}`);
  context.beginPath();
  context.roundRect(box.x, y, width, height, Math.min(RADIUS, width / 2));
  context.fill();
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
    const used = context.measureText(shown).width;
    if (shown === text && room - used > context.measureText(more).width + 16) {
      context.globalAlpha *= 0.62;
      context.fillText(more, box.x + PADDING + used + 8, y + height / 2 + 0.5);
    }
  }
  context.globalAlpha = 1;
}
