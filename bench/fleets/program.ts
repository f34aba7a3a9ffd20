// What a service pays that is sampled all the time: runs a Python program sampled and not, in turn, and asks for profiles and
// pushes them in between, in its own process: node program.js FILE ROUNDS prints JSON.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pushProfiles } from "../../src/profiles.js";
import { serveProfiles } from "../../src/serve.js";
import { startInterpreter } from "../interpreter.js";
import { median, processorTime } from "../measure.js";

/** Medians over the rounds. All times are processor times. */
export interface FleetFigures {
  /** The ratio of a sampled run's time to that of a run that is not sampled. */
  readonly sampled: number;
  /** The milliseconds of a profile and metrics that a client fetched; the client is in this process, too. */
  readonly pull: number;
  /** The milliseconds of a message to Pyroscope; its server is in this process, too. */
  readonly push: number;
}

const [file = "", rounds = "5"] = process.argv.slice(2);
const { pyodide, heap } = await startInterpreter("ours", readFileSync(file));
if (!heap) throw new Error("Cannot measure: the interpreter is not on the heap");

async function timed(work: () => unknown): Promise<number> {
  const begun = processorTime();
  await work();
  return processorTime() - begun;
}

const run = () => timed(() => pyodide.runPython("program.run()"));

/** The second of two runs in a row: in the first, the recording meets the program's functions and stacks. */
async function secondRun(): Promise<number> {
  await run();
  return run();
}

/** Runs while a server samples the heap, and then requests for its profile and its metrics. */
async function pulled() {
  const server = await serveProfiles(heap as NonNullable<typeof heap>);
  const get = async (path: string) => (await fetch(server.url(path))).arrayBuffer();
  const took = await secondRun();
  const pull = await timed(() => Promise.all([get("/debug/pprof/heap"), get("/metrics")]));
  server.close();
  return { took, pull };
}

const sink = createServer((request, response) => void request.resume().on("end", () => response.end()));
await new Promise<void>((done) => sink.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;

/** Runs while the heap's profiles are pushed, and then a message. */
async function pushed() {
  const pusher = pushProfiles(heap as NonNullable<typeof heap>, { url, every: 3600 });
  const took = await secondRun();
  const push = await timed(() => pusher.push());
  await pusher.stop();
  return { took, push };
}

const figures = { sampled: [] as number[], pull: [] as number[], push: [] as number[] };
for (let round = -1; round < Number(rounds); round++) {
  // Each is compared with the mean of what was before and after it, so that a machine that slows down counts less.
  const before = await secondRun();
  const { took: first, pull } = await pulled();
  const between = await secondRun();
  const { took: second, push } = await pushed();
  const after = await secondRun();
  // The first round is a warm-up.
  if (round < 0) continue;
  figures.sampled.push((2 * first) / (before + between), (2 * second) / (between + after));
  figures.pull.push(pull);
  figures.push.push(push);
}
const medians: FleetFigures = {
  sampled: median(figures.sampled),
  pull: median(figures.pull),
  push: median(figures.push),
};
process.stdout.write(JSON.stringify(medians));
// Interpreters would keep the process alive.
process.exit(0);
