// A trace, or heap snapshots, as one HTML page that contains everything it needs: the viewer (viewer/, built by
// scripts/viewer.mjs) and the data (src/page/). It works without a network.

import type { PageData } from "../page/model.js";
import { encodeSnapshots, type NamedGraph } from "../page/snapshot-wire.js";
import { encodePage } from "../page/wire.js";
import { programName } from "../text/labels.js";

/** The template's place for the data: an empty element. */
const DATA_PLACE = '<script type="application/octet-stream" id="data"></script>';

/** The viewer without data. It is loaded when the first page is made. */
export async function viewerTemplate(): Promise<string> {
  const { VIEWER } = await import("../page/viewer.gen.js");
  return VIEWER;
}

const GENERATOR = '<meta name="generator" content="pyheap">';

/** The element of a page that names the files that it was made from, without their folders. */
const sourceMark = (names: readonly string[]) =>
  `<meta name="source" content="${escapeHtml(names.map((name) => name.split(/[\\/]/).at(-1)).join(" "))}">`;

/** Whether a text is the beginning of a page that was made from files of these names. */
export function isPageOf(names: readonly string[], text: string): boolean {
  return text.includes(`${GENERATOR}\n${sourceMark(names)}`);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

/** Bytes as base64, in pieces, because a call has a limited number of arguments. */
function base64(bytes: Uint8Array): string {
  /** Divisible by 3, so that no piece but the last is padded. */
  const PIECE = 3 * 2 ** 13;
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE))));
  }
  return pieces.join("");
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

interface Content {
  readonly title: string;
  readonly kind: "trace" | "snapshots";
  readonly data: Uint8Array<ArrayBuffer>;
  /** The names of the files that the page is made from. */
  readonly sources?: readonly string[];
}

/**
 * Puts a title, the names of the sources, and the data into the viewer, or into another template. The kind of the data
 * is an attribute of their place.
 */
async function fill({ title, kind, data, sources = [] }: Content, template?: string): Promise<string> {
  const viewer = template ?? (await viewerTemplate());
  const at = viewer.indexOf(DATA_PLACE);
  if (at < 0) throw new Error("Cannot make a page: the viewer's template has no place for data");
  const packed = base64(await deflate(data));
  const head = viewer
    .slice(0, at)
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace(GENERATOR, () => (sources.length === 0 ? GENERATOR : `${GENERATOR}\n${sourceMark(sources)}`));
  const place = DATA_PLACE.replace("></", () => ` data-kind="${kind}">${packed}</`);
  return `${head}${place}${viewer.slice(at + DATA_PLACE.length)}`;
}

/** The page of a trace. `sources` has the name of the trace's file. */
export function flamegraphPage(data: PageData, template?: string, sources: readonly string[] = []): Promise<string> {
  return fill({ title: programName(data.header.command), kind: "trace", data: encodePage(data), sources }, template);
}

/** The page of heap snapshots of one program, the earliest first. */
export function snapshotsPage(snapshots: readonly NamedGraph[], sources: readonly string[] = []): Promise<string> {
  const title = snapshots.map(({ name }) => name).join(" → ");
  return fill({ title, kind: "snapshots", data: encodeSnapshots(snapshots), sources });
}
