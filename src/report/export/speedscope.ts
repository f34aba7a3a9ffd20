// speedscope's file format: https://www.speedscope.app/file-format-schema.json. Two profiles, by bytes and by blocks.
//
// Each profile is a sequence of calls that begin and end, while bytes or blocks are counted up. So a file is as large
// as the tree of stacks; with separate stacks it would also grow with their depth.

import { distinctName, programName } from "../../text/labels.js";
import { Children, walk } from "../children.js";
import type { TraceReport } from "../trace-context.js";
import { sumByNode } from "../trace-groups.js";
import { type Chunks, jsonList, PerFrame, START, startOf, VIEW_NAMES } from "./stacks.js";

export interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
}

interface SpeedscopeProfile {
  readonly type: "evented";
  readonly name: string;
  readonly unit: "bytes" | "none";
  readonly startValue: number;
  readonly endValue: number;
  /** The call of a frame, given by its index, begins (O) or ends (C) at a value. */
  readonly events: readonly { readonly type: "O" | "C"; readonly frame: number; readonly at: number }[];
}

export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly profiles: readonly SpeedscopeProfile[];
  readonly shared: { readonly frames: readonly SpeedscopeFrame[] };
}

export function* speedscope(report: TraceReport): Chunks {
  const { tree } = report.stacks;
  const frames: SpeedscopeFrame[] = [];
  const indices = new PerFrame(report.stacks.tree, (f, line) => {
    // speedscope's sandwich view has a row for each frame, and shows no more of it than the name.
    const name = distinctName(f, line);
    return frames.push(f.file === "" ? { name } : { name, file: f.file, line }) - 1;
  });
  const start = startOf(report);
  const startFrame = start === undefined ? undefined : frames.push({ name: START.name }) - 1;
  const sums = sumByNode(report.stacks, report.view);
  const children = new Children(tree, (a, b) => (sums.totalBytes[b] as number) - (sums.totalBytes[a] as number));

  function* events(own: Float64Array, ofStart: number): Generator<string> {
    let at = 0;
    const event = (type: "O" | "C", frame: number) => `{"type":"${type}","frame":${frame},"at":${at}}`;
    for (const step of walk(children)) {
      const node = step < 0 ? ~step : step;
      // Allocations without a stack are a call of their own, not the caller of all others.
      if (node === 0) {
        const outside = Math.round(own[0] as number);
        if (step < 0 || outside === 0) continue;
        yield event("O", indices.of(0));
        at += outside;
        yield event("C", indices.of(0));
      } else if (step < 0) yield event("C", indices.of(node));
      else {
        yield event("O", indices.of(node));
        at += Math.round(own[node] as number);
      }
    }
    if (startFrame === undefined) return;
    yield event("O", startFrame);
    at += ofStart;
    yield event("C", startFrame);
  }
  const whole = (own: Float64Array, ofStart: number) => own.reduce((sum, value) => sum + Math.round(value), ofStart);

  const head = {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: programName(report.summary.metadata.command),
    exporter: "pyheap",
    activeProfileIndex: 0,
  };
  yield `${JSON.stringify(head).slice(0, -1)},"profiles":[`;
  const what = VIEW_NAMES[report.view];
  const profiles = [
    { name: `bytes ${what}`, unit: "bytes", own: sums.ownBytes, ofStart: start?.bytes ?? 0 },
    { name: `blocks ${what}`, unit: "none", own: sums.ownCount, ofStart: start?.count ?? 0 },
  ];
  for (const [k, { name, unit, own, ofStart }] of profiles.entries()) {
    const profile = { type: "evented", name, unit, startValue: 0, endValue: whole(own, ofStart) };
    yield `${k === 0 ? "" : ","}${JSON.stringify(profile).slice(0, -1)},"events":[`;
    yield* jsonList(events(own, ofStart), (event) => event);
    yield "]}";
  }
  // Frames get their numbers while the events are written.
  yield '],"shared":{"frames":[';
  yield* jsonList(frames, (frame) => JSON.stringify(frame));
  yield "]}}\n";
}
