// Matches the functions and lines of two traces, of the same program or of two versions of it. A comment added above a
// function, or another folder around the program's files, does not make it another function.
//
//   file      the same path; otherwise the only path with the same end; and the programs' main files match each other
//   function  its qualified name in its file; if a name occurs several times, in order, with the least distance between lines
//   line      the same distance from the function that begins above it; lines that moved within a function match in order, if they are near
//
// So line numbers are only hints. Functions and lines that only one of the traces has stay unchanged.

import type { TraceFunction } from "../trace/format.js";
import { StackTree } from "../trace/tree.js";

/** A trace that is matched with another. */
export interface Matched {
  readonly tree: StackTree;
  readonly command: readonly string[];
}

/** A line that is farther than this from its expected place counts as another line. */
const NEAR = 20;
/** If there are more possible pairs than this, distances are not compared: only equal numbers become pairs. */
const MOST_PAIRS = 4_000_000;

/**
 * Pairs the numbers of two ascending lists, in order: as many pairs as possible with a distance of at most `most`, and
 * among those solutions the one with the smallest sum of distances. Returns the partner of each number of `before` that has one.
 */
export function align(before: readonly number[], after: readonly number[], most: number): Map<number, number> {
  const [rows, columns] = [before.length, after.length];
  const pairs = new Map<number, number>();
  if (rows * columns > MOST_PAIRS) {
    const there = new Set(after);
    for (const line of before) if (there.has(line)) pairs.set(line, line);
    return pairs;
  }
  // best[i][j] rates the pairs of before[i ...] and after[j ...]. One more pair is better than any distance.
  const width = columns + 1;
  const best = new Float64Array((rows + 1) * width);
  const bonus = 2 * Math.max(before.at(-1) ?? 0, after.at(-1) ?? 0) * Math.min(rows, columns) + 1;
  const gain = (i: number, j: number) => {
    const distance = Math.abs((before[i] as number) - (after[j] as number));
    return distance > most ? Number.NEGATIVE_INFINITY : bonus - distance + (best[(i + 1) * width + j + 1] as number);
  };
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const without = Math.max(best[(i + 1) * width + j] as number, best[i * width + j + 1] as number);
      best[i * width + j] = Math.max(without, gain(i, j));
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    const here = best[i * width + j] as number;
    if (here === gain(i, j)) pairs.set(before[i++] as number, after[j++] as number);
    else if (here === best[(i + 1) * width + j]) i++;
    else j++;
  }
  return pairs;
}

/** The number of parts that two paths have in common at their ends. */
function commonEnd(a: string, b: string): number {
  const [first, second] = [a.split("/").reverse(), b.split("/").reverse()];
  const other = first.findIndex((part, k) => part !== second[k]);
  return other < 0 ? first.length : other;
}

/** Maps each file of `before` that matches a file of `after` to that file. */
export function matchFiles(before: Matched, after: Matched): Map<string, string> {
  const filesOf = ({ tree }: Matched) => new Set(tree.functions.map(({ file }) => file));
  const [first, second] = [filesOf(before), filesOf(after)];
  const files = new Map<string, string>();
  const take = (a: string, b: string) => {
    files.set(a, b);
    first.delete(a);
    second.delete(b);
  };
  for (const file of [...first]) if (second.has(file)) take(file, file);
  const [a = "", b = ""] = [before.command[0], after.command[0]];
  if (first.has(a) && second.has(b)) take(a, b);
  for (const file of [...first]) {
    const alike = [...second].map((other) => ({ other, common: commonEnd(file, other) }));
    const most = Math.max(0, ...alike.map(({ common }) => common));
    const best = alike.filter(({ common }) => common === most);
    // The best match may be as similar to another file of `before`, or more similar.
    const rivals = [...first].filter((rival) => rival !== file && commonEnd(rival, best[0]?.other ?? "") >= most);
    if (most > 0 && best.length === 1 && rivals.length === 0) take(file, best[0]?.other ?? "");
  }
  return files;
}

const ascending = (numbers: Iterable<number>) => [...new Set(numbers)].sort((a, b) => a - b);

/** Puts values into lists by a key. */
function gather<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const lists = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const list = lists.get(key);
    if (list) list.push(value);
    else lists.set(key, [value]);
  }
  return lists;
}

const keyOf = ({ file, name }: TraceFunction) => `${file}\0${name}`;

/** The lines where functions of a file began before, ascending, and where they begin now. */
interface Anchors {
  readonly before: readonly number[];
  readonly now: ReadonlyMap<number, number>;
}

/** The line where a line of `before` is expected. */
function expected({ before, now }: Anchors, line: number): number {
  let low = 0;
  for (let high = before.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if ((before[middle] as number) <= line) low = middle + 1;
    else high = middle;
  }
  const anchor = before[low - 1];
  return anchor === undefined ? line : line - anchor + (now.get(anchor) ?? anchor);
}

/** The lines of each function that occur in a stack, by the function's file, name and first line. */
function linesOf(tree: StackTree): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (let node = 1; node < tree.length; node++) {
    const { function: f, line } = tree.frame(node);
    const key = `${keyOf(f)}\0${f.firstLine}`;
    const list = lines.get(key);
    if (list) list.push(line);
    else lines.set(key, [line]);
  }
  return lines;
}

/**
 * The stacks of `before`, with the files, first lines and lines that `after` has for them. Nodes keep their numbers.
 */
export function inTermsOf(after: Matched, before: Matched): StackTree {
  const files = matchFiles(before, after);
  const firstLines = new Map<string, Map<number, number>>();
  const anchors = new Map<string, { before: number[]; now: Map<number, number> }>();
  const theirs = gather(after.tree.functions.slice(1), keyOf);
  for (const [key, own] of gather(before.tree.functions.slice(1), keyOf)) {
    const { file, name } = own[0] as TraceFunction;
    const others = theirs.get(keyOf({ file: files.get(file) ?? "", name, firstLine: 0 })) ?? [];
    const first = (list: readonly TraceFunction[]) => ascending(list.map(({ firstLine }) => firstLine));
    const moved = align(first(own), first(others), Number.POSITIVE_INFINITY);
    firstLines.set(key, moved);
    const known = anchors.get(file) ?? { before: [], now: new Map() };
    anchors.set(file, known);
    for (const [was, is] of moved) known.now.set(was, is);
  }
  for (const known of anchors.values()) known.before = ascending(known.now.keys());

  const lineMaps = new Map<string, Map<number, number>>();
  const theirLines = linesOf(after.tree);
  for (const [key, lines] of linesOf(before.tree)) {
    const [file = "", name = "", firstLine = ""] = key.split("\0");
    const begin = firstLines.get(`${file}\0${name}`)?.get(Number(firstLine));
    if (begin === undefined) continue;
    const others = theirLines.get(`${files.get(file)}\0${name}\0${begin}`) ?? [];
    const hints = anchors.get(file) as Anchors;
    const hinted = gather(ascending(lines), (line) => String(expected(hints, line)));
    const moved = align(ascending([...hinted.keys()].map(Number)), ascending(others), NEAR);
    const map = new Map<number, number>();
    for (const [hint, own] of hinted) {
      for (const line of own) map.set(line, moved.get(Number(hint)) ?? Number(hint));
    }
    lineMaps.set(key, map);
  }

  const tree = new StackTree(before.tree.functions[0]);
  for (const f of before.tree.functions.slice(1)) {
    const file = files.get(f.file) ?? f.file;
    tree.addFunction({ ...f, file, firstLine: firstLines.get(keyOf(f))?.get(f.firstLine) ?? f.firstLine });
  }
  for (let node = 1; node < before.tree.length; node++) {
    const { function: f, line } = before.tree.frame(node);
    const now = lineMaps.get(`${keyOf(f)}\0${f.firstLine}`)?.get(line) ?? line;
    tree.addNode(before.tree.parent(node), before.tree.functionNumber(node), now);
  }
  return tree;
}
