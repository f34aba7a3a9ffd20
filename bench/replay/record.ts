// Records a program's run, from the interpreter's first allocation on, as steps.

import { TraceFeed } from "../../src/trace/feed.js";
import type { Recorder } from "../../src/trace/recorder.js";
import { startInterpreter } from "../interpreter.js";
import { Steps } from "./steps.js";

export async function recordSteps(source: Uint8Array): Promise<Steps> {
  const steps = new Steps();
  const feed = new TraceFeed(steps);
  let recorder: Recorder | undefined;
  const { pyodide } = await startInterpreter("recorded", source, {
    ofOurs: (heap) => {
      recorder = heap.trace({ write: (bytes) => feed.push(bytes), collections: false });
    },
  });
  recorder?.noteProgram();
  pyodide.runPython("program.run()");
  recorder?.stop();
  return steps;
}
