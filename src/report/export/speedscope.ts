// speedscope's file format: https://www.speedscope.app/file-format-schema.json. Two profiles, by bytes and by blocks.

import { programName } from "../../text/labels.js";
import type { TraceReport } from "../trace-context.js";
import { exportedStacks, VIEW_NAMES } from "./stacks.js";

interface SpeedscopeProfile {
  readonly type: "sampled";
  readonly name: string;
  readonly unit: "bytes" | "none";
  readonly startValue: number;
  readonly endValue: number;
  /** Indices of frames, the outermost first. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly { name: string; file?: string; line?: number }[] };
  readonly profiles: readonly SpeedscopeProfile[];
}

export function speedscope(report: TraceReport): SpeedscopeFile {
  const stacks = exportedStacks(report);
  const frames: { name: string; file?: string; line?: number }[] = [];
  const indices = new Map<string, number>();
  const samples = stacks.map((stack) =>
    stack.frames
      .map(({ function: f, line }) => {
        const key = `${f.name}\0${f.file}\0${line}`;
        const index =
          indices.get(key) ?? frames.push(f.file === "" ? { name: f.name } : { name: f.name, file: f.file, line }) - 1;
        indices.set(key, index);
        return index;
      })
      .reverse(),
  );
  const profile = (name: string, unit: "bytes" | "none", weights: readonly number[]): SpeedscopeProfile => {
    const endValue = weights.reduce((sum, weight) => sum + weight, 0);
    return { type: "sampled", name, unit, startValue: 0, endValue, samples, weights };
  };
  const what = VIEW_NAMES[report.view];
  return {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name: programName(report.summary.metadata.command),
    exporter: "pyheap",
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [
      profile(
        `bytes ${what}`,
        "bytes",
        stacks.map(({ bytes }) => bytes),
      ),
      profile(
        `blocks ${what}`,
        "none",
        stacks.map(({ count }) => count),
      ),
    ],
  };
}
