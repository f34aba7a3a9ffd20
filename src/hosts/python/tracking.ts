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
 * error of the file system ends the recording; the function throws it.
 */
export function track(heap: PythonHeap, files: Files, options: string): () => Uint8Array | undefined {
  const { file, command, sample, aggregate } = JSON.parse(options) as AskedRecording;
  const sink = file === null ? memorySink() : fileSink(files, file);
  const recorder = heap.trace({
    ...{ write: sink.write, command, aggregate },
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
 * Why it can't be read, as a text, if it is not a trace.
 */
export function readTraceFor(trace: PythonBytes, name: string): string {
  const buffer = trace.getBuffer("u8");
  try {
    const { analysis, summary } = analyseWhole([buffer.data], name);
    const { tree, accounts, figures, timeline, endTime } = analysis;
    return JSON.stringify({
      metadata: summary.metadata,
      problem: summary.problem ?? null,
      events: summary.events,
      duration: endTime,
      figures,
      timeline: timeline.points,
      functions: tree.functions.map((f) => [f.name, f.file, f.firstLine]),
      nodes: Array.from({ length: tree.length }, (_, node) => [
        ...[tree.parent(node), tree.functionNumber(node), tree.line(node)],
      ]),
      views: VIEWS,
      accounts: Array.from({ length: accounts.length }, (_, account) => [
        ...[accounts.nodes.at(account), BLOCK_DOMAINS[accounts.domain(account)] ?? "unknown"],
        sizeClassName(accounts.sizeClass(account)),
        ...VIEWS.flatMap((view) => {
          const { bytes, count } = accounts.read(view, account);
          return [Math.round(bytes), Math.round(count)];
        }),
      ]),
    });
  } catch (error) {
    if (error instanceof TraceError) return JSON.stringify({ error: error.message });
    throw error;
  } finally {
    buffer.release();
  }
}
