// Who holds many objects: their shortest paths from the root, merged if they are alike.
//
// A path is shown up to a length. So paths through a linked list have only as many texts as fit into this length, and each
// node is looked at once: what a path shows follows from what the path to the node before shows.

import type { Dominators } from "./dominators.js";
import type { ObjectGraph } from "./graph.js";
import { type Paths, pieceOf } from "./paths.js";

export interface Held {
  readonly path: string;
  readonly count: number;
  readonly own: number;
  readonly retained: number;
}

/** The most equal pieces in a row that a path shows. */
const MOST_ALIKE = 3;
/** The most pieces that a path shows. */
const MOST_PIECES = 60;
/** Stands for pieces that are not shown. */
const MORE = "…";

/** What a path shows: the path without its last piece, and the piece. */
interface Shown {
  readonly start: Shown | undefined;
  readonly piece: string;
  /** How many equal pieces are at the end; counted up to one more than is shown. */
  readonly alike: number;
  readonly length: number;
  /** The paths that are one piece longer, by this piece. */
  readonly longer: Map<string, Shown>;
}

const EMPTY = { start: undefined, piece: "", alike: 0, length: 0 };

/** A path with one piece more. If the path shows only a part of its pieces already, and the piece would not be shown, it stays as it is. */
function withPiece(shown: Shown, piece: string): Shown {
  const alike = piece === shown.piece ? shown.alike + 1 : 1;
  if (alike > MOST_ALIKE + 1 || shown.length > MOST_PIECES) return shown;
  const known = shown.longer.get(piece);
  if (known) return known;
  const made = { start: shown, piece, alike, length: shown.length + 1, longer: new Map() };
  shown.longer.set(piece, made);
  return made;
}

function textOf(shown: Shown): string {
  const pieces: string[] = [];
  for (let at: Shown | undefined = shown; at?.start; at = at.start) {
    pieces.push(at.alike > MOST_ALIKE || at.length > MOST_PIECES ? MORE : at.piece);
  }
  return pieces.reverse().join("");
}

/** The paths to nodes as texts in which keys and positions of containers are replaced: `sys.modules['app'].cache[…]`. */
class MergedTexts {
  readonly #paths: Paths;
  readonly #shown: (Shown | undefined)[];
  readonly #texts = new Map<Shown, string>();

  constructor(graph: ObjectGraph, paths: Paths) {
    this.#paths = paths;
    this.#shown = Array(graph.nodeCount);
    this.#shown[0] = { ...EMPTY, longer: new Map() };
  }

  of(node: number): string {
    const paths = this.#paths;
    const last = paths.lastStep(node);
    if (!paths.reaches(node)) return "(only weak references)";
    if (last && paths.isOmitted(last.edge)) return paths.name(last.edge);
    const shown = this.#shownOf(node);
    const text = this.#texts.get(shown) ?? textOf(shown);
    this.#texts.set(shown, text);
    return text;
  }

  #shownOf(node: number): Shown {
    const unknown: number[] = [];
    let at = node;
    for (; this.#shown[at] === undefined; at = this.#paths.lastStep(at)?.from ?? 0) unknown.push(at);
    let shown = this.#shown[at] as Shown;
    for (const next of unknown.reverse()) {
      shown = this.#longer(shown, at, next);
      this.#shown[next] = shown;
      at = next;
    }
    return shown;
  }

  /** What the path to `next` shows, whose last step begins at `node`. */
  #longer(shown: Shown, node: number, next: number): Shown {
    const paths = this.#paths;
    const { edge } = paths.lastStep(next) as { readonly edge: number };
    if (paths.isOmitted(edge)) return shown;
    const step = paths.lastStep(node);
    const before = step && !paths.isOmitted(step.edge) ? paths.name(step.edge) : "";
    const { text, replaces } = pieceOf(paths.name(edge), before, shown.start === undefined);
    const piece = text.startsWith("[") && before !== "sys.modules" ? `[${MORE}]` : text;
    return withPiece(replaces ? (shown.start ?? shown) : shown, piece);
  }
}

/** The paths to nodes. Paths that differ only in keys and positions are one; the one with most bytes comes first. */
export function mergedPaths(
  graph: ObjectGraph,
  paths: Paths,
  { retained }: Dominators,
  nodes: Iterable<number>,
): Held[] {
  const texts = new MergedTexts(graph, paths);
  const found = new Map<string, { path: string; count: number; own: number; retained: number }>();
  for (const node of nodes) {
    const path = texts.of(node);
    const entry = found.get(path) ?? { path, count: 0, own: 0, retained: 0 };
    found.set(path, entry);
    entry.count++;
    entry.own += graph.sizes[node] as number;
    entry.retained += retained[node] as number;
  }
  return [...found.values()].sort((a, b) => b.own - a.own || b.count - a.count);
}
