// Recordings that a Python program makes of itself, and reads: what pyheap.Tracker and pyheap.FileReader call.

import type { PyodideAPI } from "pyodide";
import { BLOCK_DOMAINS } from "../../core/catalogue.gen.js";
import { concatenated } from "../../ground/bytes.js";
import { VIEWS } from "../../trace/accounts.js";
import { analyseWhole } from "../../trace/analysis.js";
import { TraceError } from "../../trace/reader.js";
import { sizeClassName } from "../../trace/size-class.js";
import type { PythonHeap } from "./python-heap.js";

type Files = PyodideAPI["FS"];

/** What Python passes as the options of a recording, as JSON. */
interface AskedRecording {
  /** The file in the interpreter's file system; null to keep the bytes. */
  readonly file: string | null;
  readonly command: readonly string[];
  /** Mean distance between samples, in bytes; 0 to record everything. */
  readonly sample: number;
  readonly aggregate: boolean;
  readonly types: boolean;
}

/** The bytes of a Python object, as Pyodide passes it. */
interface PythonBytes {
  getBuffer(type: "u8"): { readonly data: Uint8Array; release(): void };
}

interface Sink {
  write(bytes: Uint8Array): void;
  /** Closes the file. Returns what was written, if it is kept. */
  close(): Uint8Array | undefined;
}

/**
 * Writes to a file. It calls the file system's functions directly: the program is in the middle of an allocation, so no
 * Python may run.
 */
function fileSink(files: Files, file: string): Sink {
  const stream = files.open(file, "w");
  return {
    write: (bytes) => void files.write(stream, bytes, 0, bytes.length),
    close: () => {
      files.close(stream);
      return undefined;
    },
  };
}

function memorySink(): Sink {
  const parts: Uint8Array[] = [];
  return {
    write: (bytes) => void parts.push(bytes.slice()),
    close: () => concatenated(parts),
  };
}

/**
 * Starts a recording. Returns a function that ends it, and that returns the recording's bytes if there is no file. An
 * error of the file system ends the recording; the returned function throws it.
 */
export function track(heap: PythonHeap, files: Files, options: string): () => Uint8Array | undefined {
  const { file, command, sample, aggregate, types } = JSON.parse(options) as AskedRecording;
  const sink = file === null ? memorySink() : fileSink(files, file);
  const recorder = heap.trace({
    ...{ write: sink.write, command, aggregate, types },
    ...(sample > 0 && { sample }),
  });
  return () => {
    let content: Uint8Array | undefined;
    try {
      recorder.stop();
    } finally {
      content = sink.close();
    }
    return content;
  };
}

/**
 * A trace as JSON: its metadata, figures and timeline, its functions and stacks, and what each stack has in each view.
 * If the bytes are not a trace, the JSON has only a text that says why (`error`).
 */
export function readTraceFor(trace: PythonBytes, name: string): string {
  const buffer = trace.getBuffer("u8");
  try {
    const { analysis, summary } = analyseWhole([buffer.data], name, { byType: true });
    const { tree, accounts, figures, timeline, endTime } = analysis;
    return JSON.stringify({
      metadata: summary.metadata,
      problem: summary.problem ?? null,
      events: summary.events,
      duration: analysis.sinceProgram(endTime),
      figures: { ...figures, peakTime: analysis.sinceProgram(figures.peakTime) },
      timeline: timeline.points.map((point) => ({ ...point, time: analysis.sinceProgram(point.time) })),
      functions: tree.functions.map((f) => [f.name, f.file, f.firstLine]),
      nodes: Array.from({ length: tree.length }, (_, node) => [
        ...[tree.parent(node), tree.functionNumber(node), tree.line(node)],
      ]),
      views: VIEWS,
      accounts: Array.from({ length: accounts.length }, (_, account) => {
        const { node, type = null } = tree.withoutType(accounts.nodes.at(account));
        return [
          ...[node, BLOCK_DOMAINS[accounts.domain(account)] ?? "unknown"],
          ...[sizeClassName(accounts.sizeClass(account)), type],
          ...VIEWS.flatMap((view) => {
            const { bytes, count } = accounts.read(view, account);
            return [Math.round(bytes), Math.round(count)];
          }),
        ];
      }),
    });
  } catch (error) {
    if (error instanceof TraceError) return JSON.stringify({ error: error.message });
    throw error;
  } finally {
    buffer.release();
  }
}
