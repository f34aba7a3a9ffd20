// The highest moment of the span, on the timeline: a dot, and above it what was live then.

import type uPlot from "uplot";
import type { Colors } from "../theme.js";
import { bytes } from "../words.js";

const FONT = '500 %px "Inter Variable", system-ui, sans-serif';
const SIZE = 11;
const RADIUS = 3.5;
/** The distance from the dot to the words, in pixels. */
const MARGIN = 6;

/** Draws the moment `seconds` after the start of the recording, if it is visible. */
export function drawPeak(
  plot: uPlot,
  peak: { readonly seconds: number; readonly bytes: number },
  colors: Colors,
): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const x = plot.valToPos(peak.seconds, "x", true);
  const y = plot.valToPos(peak.bytes, "y", true);
  const [left, right] = [bbox.left, bbox.left + bbox.width];
  if (peak.bytes <= 0 || x < left || x > right) return;
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, RADIUS * scale, 0, 2 * Math.PI);
  ctx.fillStyle = colors.get("live");
  ctx.fill();
  ctx.lineWidth = 1.5 * scale;
  ctx.strokeStyle = colors.get("surface");
  ctx.stroke();
  ctx.font = FONT.replace("%", String(SIZE * scale));
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  const words = `peak ${bytes(peak.bytes)}`;
  const { width } = ctx.measureText(words);
  const at = Math.max(left, Math.min(x - width / 2, right - width));
  // A margin around the words, where lines behind them are hidden.
  ctx.lineWidth = 4 * scale;
  ctx.lineJoin = "round";
  ctx.strokeText(words, at, y - MARGIN * scale);
  ctx.fillStyle = colors.get("ink");
  ctx.fillText(words, at, y - MARGIN * scale);
  ctx.restore();
}
