// Which function and line of one trace is which of another, of the same program or another version of it: a comment above a function, or
// another folder around its files, makes no other function.
//
//   file      the same path; else the only one whose path ends alike, and the programs themselves
//   function  its qualified name in its file; several of a name in their order, with as few lines between them as can be
//   line      as far from the function that begins above it; lines that moved within a function in their order, if they are near
//
// So lines are hints: what only one of the traces has stays what it is.

import type { TraceFunction } from "../trace/format.js";
import { StackTree } from "../trace/tree.js";

/** A trace as it is matched with another. */
export interface Matched {
  readonly tree: StackTree;
  readonly command: readonly string[];
}

/** A line that is so far from where it is expected is another one. */
const NEAR = 20;
/** More pairs than these are not compared. */
const MOST_PAIRS = 4_000_000;

/**
 * Pairs of two ascending lists, in order: as many as there can be with a distance of at most `most`, and of those the nearest. Returns for each
 * of `before` that has one its partner.
 */
export function align(before: readonly number[], after: readonly number[], most: number): Map<number, number> {
  const [rows, columns] = [before.length, after.length];
  const pairs = new Map<number, number>();
  if (rows * columns > MOST_PAIRS) {
    const there = new Set(after);
    for (const line of before) if (there.has(line)) pairs.set(line, line);
    return pairs;
  }
  // best[i][j]: how good the pairs of before[i ...] and after[j ...] can be. One more pair is better than any distance.
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

/** How many parts two paths have in common at their ends. */
function commonEnd(a: string, b: string): number {
  const [first, second] = [a.split("/").reverse(), b.split("/").reverse()];
  const other = first.findIndex((part, k) => part !== second[k]);
  return other < 0 ? first.length : other;
}

/** For each file of `before` that is one of `after`, which. */
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
    // Another one of the files may be as near to it, or nearer.
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

/** Where functions of a file began before, ascending, and where they begin now. */
interface Anchors {
  readonly before: readonly number[];
  readonly now: ReadonlyMap<number, number>;
}

/** The line where one of before is expected. */
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

/** Lines in which each function has something, by function's number. */
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

/** The stacks of `before` with the files, first lines and lines that `after` has for the same ones. Nodes keep their numbers. */
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
