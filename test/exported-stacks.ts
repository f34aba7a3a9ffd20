// Reads each exported format: bytes and blocks by the text of a stack; in a format with domains and size classes, by these
// as well.

import { Profile } from "pprof-format";
import { expect } from "vitest";
import type { FORMATS } from "../src/report/export/formats.js";
import type { HeapProfile, HeapProfileNode } from "../src/report/export/heapprofile.js";
import type { JsonExport } from "../src/report/export/json.js";
import type { SpeedscopeFile } from "../src/report/export/speedscope.js";
import { keyOf, pathText } from "./big-trace.js";
import { addTo } from "./sums.js";

export const START = "interpreter start";
export const OUTSIDE = "<outside Python>";

/** Sums by some key, as numbers that JSON or a table has. */
export type Found = Map<string, { bytes: number; count: number }>;

export class Adder {
  readonly found: Found = new Map();

  add(key: string, bytes: number, count: number): void {
    addTo(this.found, key, { bytes, count });
  }
}

/** A frame from a format whose names are followed by the file, and some by the line. */
const placeOfDistinct = (text: string, file: string, line: number) => {
  if (file === "") return place(text, file, line);
  const end = text.lastIndexOf(` ${file}`);
  expect(end).toBeGreaterThan(0);
  return place(text.slice(0, end), file, line);
};

export const place = (name: string, file: string, line: number) => ({ name, file, line });

export const EXPORTED: Readonly<Record<keyof typeof FORMATS, (file: Uint8Array) => Found>> = {
  pprof(file) {
    const profile = Profile.decode(file);
    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
    const places = new Map(
      profile.location.map(({ id, line: [line] }) => {
        const f = profile.function.find(({ id }) => id === line?.functionId);
        return [id, placeOfDistinct(text(f?.name ?? 0), text(f?.filename ?? 0), Number(line?.line))];
      }),
    );
    const all = new Adder();
    for (const { locationId, value } of profile.sample) {
      const frames = locationId.map((id) => places.get(id) ?? place("", "", 0));
      all.add(pathOf(frames), Number(value[1]), Number(value[0]));
    }
    return all.found;
  },
  heapprofile(file) {
    const { head, samples } = JSON.parse(Buffer.from(file).toString()) as HeapProfile;
    const all = new Adder();
    const paths = new Map<number, string>();
    const visit = ({ callFrame, selfSize, id, children }: HeapProfileNode, callers: ReturnType<typeof place>[]) => {
      const { functionName, url, lineNumber } = callFrame;
      const frames = [place(functionName, url, lineNumber + 1), ...callers];
      const path = functionName === "(root)" ? "" : pathOf(frames);
      paths.set(id, path);
      if (selfSize > 0) all.add(path, selfSize, 0);
      for (const child of children) visit(child, functionName === "(root)" ? [] : frames);
    };
    visit(head, []);
    const sampled = new Adder();
    for (const { size, nodeId } of samples) sampled.add(paths.get(nodeId) ?? "", size, 0);
    expect(sampled.found).toEqual(all.found);
    return all.found;
  },
  speedscope(file) {
    const { profiles, shared } = JSON.parse(Buffer.from(file).toString()) as SpeedscopeFile;
    const all = new Adder();
    for (const [k, { events, endValue }] of profiles.entries()) {
      const open: number[] = [];
      let before = 0;
      const path = () =>
        pathOf(
          [...open].reverse().map((at) => {
            const { name = "", file = "", line = 0 } = shared.frames[at] ?? {};
            return placeOfDistinct(name, file, line);
          }),
        );
      for (const { type, frame, at } of events) {
        if (at > before) all.add(path(), k === 0 ? at - before : 0, k === 0 ? 0 : at - before);
        before = at;
        if (type === "O") open.push(frame);
        else open.pop();
      }
      expect(endValue).toBe(before);
    }
    return all.found;
  },
  collapsed(file) {
    const all = new Adder();
    for (const line of Buffer.from(file).toString().trimEnd().split("\n")) {
      const at = line.lastIndexOf(" ");
      if (line === "") continue;
      const path = line.slice(0, at).split(";").reverse().join(" < ");
      all.add(path === OUTSIDE ? "" : path, Number(line.slice(at + 1)), 0);
    }
    return all.found;
  },
  csv(file) {
    const all = new Adder();
    for (const line of Buffer.from(file).toString().trimEnd().split("\r\n").slice(1)) {
      const [bytes, blocks, domain = "", sizeClass = "", name = "", , , path = ""] = line.split(",");
      if (name === START) all.add(START, Number(bytes), Number(blocks));
      else if (Number(blocks) > 0) all.add(keyOf(path, domain, sizeClass), Number(bytes), Number(blocks));
    }
    return all.found;
  },
  json(file) {
    const { stacks, nodes, functions, start } = JSON.parse(Buffer.from(file).toString()) as JsonExport;
    const all = new Adder();
    for (const { node, bytes, count } of stacks) {
      const frames = [];
      for (let at = node; at !== 0; at = nodes[at]?.[0] ?? 0) {
        const [, f, line] = nodes[at] ?? [0, 0, 0];
        frames.push(place(functions[f]?.name ?? "", functions[f]?.file ?? "", line));
      }
      all.add(pathText(frames), bytes, count);
    }
    if (start) all.add(START, start.bytes, start.count);
    return all.found;
  },
};

/** Frames as text; "" for what is outside of every function, and the start's name for the start. */
export function pathOf(frames: readonly ReturnType<typeof place>[]): string {
  if (frames[0]?.name === OUTSIDE) return "";
  return frames[0]?.name === START ? START : pathText(frames);
}
