// The thread in which Python runs: CPython on our heap, a console of the standard library, and a recording. The page's
// data is made from the recording after each line, and repeatedly while a line takes long.

import { loadPython } from "../../src/hosts/python/pyodide.js";
import { buildPage } from "../../src/page/build.js";
import { heapShape, withShape } from "../../src/page/heap-shape.js";
import { Spans } from "../../src/page/spans.js";
import { TraceFeed } from "../../src/trace/feed.js";
import type { PythonMessage, RunLine } from "./messages.js";

/** Milliseconds between two pictures while a line runs. */
const EVERY = 400;
/** After a picture, the next one waits for this many times its duration, so that the prompt has most of the time. */
const PAUSE = 4;

const say = (message: PythonMessage): void => self.postMessage(message);

const CONSOLE = `
import code, sys
class Console(code.InteractiveConsole):
    def write(self, text):
        sys.stderr.write(text)
_console = Console({"__name__": "__console__", "__doc__": None})
def _push(line):
    try:
        more = _console.push(line)
    except SystemExit:
        more = False
    sys.stdout.flush()
    sys.stderr.flush()
    return more
_push
`;

async function start(): Promise<void> {
  const spans = new Spans({ mostDeparted: 100_000, mostBuckets: 1024, mostCells: 100_000 });
  const feed = new TraceFeed(spans);
  let next = performance.now() + EVERY;
  let show: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const { pyodide, heap } = await loadPython({
    pyodide: { indexURL: new URL("pyodide/", location.href).href },
    onAttach: (attached) => {
      const recorder = attached.trace({
        write: (bytes) => {
          feed.push(bytes);
          if (performance.now() > next) show();
        },
        flushEvery: EVERY,
      });
      flush = () => recorder.flush();
      begin = () => recorder.noteProgram();
    },
  });
  const facts = { command: ["playground"], started: "", python: null, sample: 0, problem: null };
  show = () => {
    const begun = performance.now();
    say({
      kind: "data",
      data: withShape(buildPage(spans, facts, { mostNodes: 4000, mostBlocks: 500_000 }), heapShape(heap)),
    });
    const ended = performance.now();
    next = ended + Math.max(EVERY, PAUSE * (ended - begun));
  };
  for (const [set, isError] of [
    [pyodide.setStdout, false],
    [pyodide.setStderr, true],
  ] as const) {
    const decoder = new TextDecoder();
    set({
      write: (bytes: Uint8Array) => {
        say({ kind: "output", text: decoder.decode(bytes, { stream: true }), isError });
        return bytes.length;
      },
    });
  }
  const push = pyodide.runPython(CONSOLE) as (line: string) => boolean;
  const version = pyodide.runPython("import gc; gc.collect(); sys.version.split()[0]");
  // The program is what the user types; this file's own allocations are not part of it.
  begin();
  flush();
  show();
  say({ kind: "ready", banner: `Python ${version} on pyheap` });
  self.addEventListener("message", ({ data: { line } }: MessageEvent<RunLine>) => {
    const isWhole = !push(line);
    flush();
    show();
    say({ kind: "done", isWhole });
  });
}

let flush: () => void = () => undefined;
await start();
