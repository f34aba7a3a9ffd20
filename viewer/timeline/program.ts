// The beginning of the program, on the timeline: before it is the interpreter's start. The words are above the plot,
// where they cover no line and no handle.

import type uPlot from "uplot";
import type { Colors } from "../theme.js";

const FONT = '11px "Inter Variable", system-ui, sans-serif';
const BEFORE = "interpreter's start";
const AFTER = "program";
/** The distances from the line to the words, and from the words to the plot, in pixels. */
const MARGIN = 8;
const ABOVE = 5;

/** Draws a line at the beginning of the program, from which times count. */
export function drawProgramBegin(plot: uPlot, colors: Colors): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const x = Math.round(plot.valToPos(0, "x", true));
  const [left, right] = [bbox.left, bbox.left + bbox.width];
  if (x <= left || x >= right) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colors.get("muted");
  ctx.lineWidth = scale;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top - ABOVE * 2 * scale);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = FONT.replace(/^\d+/, (size) => String(Number(size) * scale));
  ctx.textBaseline = "bottom";
  const y = bbox.top - ABOVE * scale;
  const fits = (words: string, room: number) => ctx.measureText(words).width + MARGIN * scale <= room;
  if (fits(BEFORE, x - left)) {
    ctx.textAlign = "right";
    ctx.fillText(BEFORE, x - MARGIN * scale, y);
  }
  if (fits(AFTER, right - x)) {
    ctx.textAlign = "left";
    ctx.fillText(AFTER, x + MARGIN * scale, y);
  }
  ctx.restore();
}
