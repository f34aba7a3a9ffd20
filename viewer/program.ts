// Where the program begins, on the timeline: what is before it is the interpreter's start.

import type uPlot from "uplot";
import type { Colors } from "./theme.js";

const FONT = '11px "Inter Variable", system-ui, sans-serif';
const WORDS = "program";
/** From the line to the word, and from the top, in pixels. */
const MARGIN = 6;

/** Draws a line where the program begins, `seconds` after the start of the recording. */
export function drawProgramBegin(plot: uPlot, seconds: number, colors: Colors): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const x = Math.round(plot.valToPos(seconds, "x", true));
  if (x <= bbox.left || x >= bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colors.get("muted");
  ctx.lineWidth = scale;
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.font = FONT.replace(/^\d+/, (size) => String(Number(size) * scale));
  ctx.textBaseline = "top";
  const isNearEnd = x + (ctx.measureText(WORDS).width + 2 * MARGIN * scale) > bbox.left + bbox.width;
  ctx.textAlign = isNearEnd ? "right" : "left";
  ctx.fillText(WORDS, x + (isNearEnd ? -MARGIN : MARGIN) * scale, bbox.top + (MARGIN / 2) * scale);
  ctx.restore();
}
