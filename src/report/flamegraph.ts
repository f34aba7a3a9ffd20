// A trace as one HTML page that contains everything it needs: the viewer (viewer/, built by scripts/build.mjs) and the
// data (src/page/). It works without a network.

import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import type { PageData } from "../page/model.js";
import { encodePage } from "../page/wire.js";
import { programName } from "../text/labels.js";

/** The template's place for the data: an empty element. */
const DATA_PLACE = '<script type="application/octet-stream" id="data"></script>';

/** The viewer without data. */
export function viewerTemplate(): string {
  return readFileSync(new URL("../viewer.html", import.meta.url), "utf8");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

/** The page. */
export function flamegraphPage(data: PageData, template = viewerTemplate()): string {
  const packed = deflateRawSync(encodePage(data), { level: 6 }).toString("base64");
  const title = programName(data.header.command);
  const at = template.indexOf(DATA_PLACE);
  if (at < 0) throw new Error("Cannot make a page: the viewer's template has no place for data");
  const head = template.slice(0, at).replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`);
  const place = DATA_PLACE.replace("></", () => `>${packed}</`);
  return `${head}${place}${template.slice(at + DATA_PLACE.length)}`;
}
