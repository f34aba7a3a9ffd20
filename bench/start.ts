// Measures how fast Python starts from an image, how large the image is, and how much memory programs take in such an interpreter.
// Two other measurements are here because they need processes of their own, too: of asyncio (tasks.ts), and of each version of Pyodide.
//
// A start is measured from outside: from the start of the process until the program's first output arrives. The candidates take turns. Peers
// are Pyodide alone: its cold start, and a start from its own memory snapshot. Each program, and each version of Pyodide, is measured in a
// process of its own: `node start.js IMAGE FILE` prints the footprints of the program FILE as JSON, `node start.js VERSION` prints the
// version's row.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";
import { attach, createImage, loadPython } from "../src/hosts/python/pyodide.js";
import { exportsOfRunning } from "../src/hosts/python/pyodide-module.js";
import { footprintOf } from "../src/hosts/python/python-heap.js";
import { loaderOf, VERSIONS, type Version } from "../test/python/versions/list.js";
import { figuresOf, PROGRAMS } from "./child.js";
import { startInterpreter } from "./interpreter.js";
import { geometricMean, median, ratio } from "./measure.js";
import { nanoseconds, type Row, timeReplace } from "./micro.js";
import { domainPeer, mallocPeer } from "./peers.js";
import { measureTasks } from "./tasks.js";

const MB = 1e6;
const COMMAND = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** The milliseconds from the start of Node with these words until it first writes. Rejects if it writes nothing, or fails. */
function firstLine(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { env, stdio: ["ignore", "pipe", "inherit"] });
    let first: number | undefined;
    child.stdout.once("data", () => {
      first = performance.now() - begun;
    });
    child.on("close", (code) => {
      if (code === 0 && first !== undefined) resolve(first);
      else {
        const wrote = first === undefined ? ", and wrote nothing" : "";
        reject(new Error(`Cannot measure ${words.join(" ")}: it ended with ${code}${wrote}`));
      }
    });
  });
}

/** A script for Pyodide alone; `options` is the text of the options of loadPyodide. */
function script(options: string): string[] {
  const pyodide = JSON.stringify(import.meta.resolve("pyodide"));
  const lines = [
    `const { loadPyodide } = await import(${pyodide});`,
    'const { readFileSync } = await import("node:fs");',
    `(await loadPyodide(${options})).runPython("print('first line')");`,
  ];
  return ["--input-type=module", "-e", lines.join("\n")];
}

async function measureStarts(folder: string, rounds: number): Promise<Row[]> {
  const snapshot = join(folder, "stock.snapshot");
  const stock = (await loadPyodide({ _makeSnapshot: true } as object)) as unknown as {
    makeMemorySnapshot(): Uint8Array;
  };
  writeFileSync(snapshot, stock.makeMemorySnapshot());
  const env = { ...process.env, PYHEAP_CACHE: join(folder, "cache") };
  const run = (...options: string[]) => [COMMAND, "run", "--quiet", ...options, "-c", "print('first line')"];
  const candidates: Record<string, string[]> = {
    "stock, cold": script("{}"),
    "stock, from its snapshot": script(`{ _loadSnapshot: readFileSync(${JSON.stringify(snapshot)}) }`),
    "pyheap run": run(),
    "pyheap run --trace": run("--force", "--trace", join(folder, "first.trace")),
    "pyheap run --no-cache": run("--no-cache"),
  };
  // The first run makes the image.
  await firstLine(run(), env);
  const times = new Map<string, number[]>(Object.keys(candidates).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, words] of Object.entries(candidates)) times.get(name)?.push(await firstLine(words, env));
  }
  const seconds = Object.fromEntries([...times].map(([name, values]) => [`${name}, s`, median(values) / 1000]));
  const to = (peer: string) => ratio(times, "pyheap run", peer);
  return [
    {
      what: "start from the cached image to the first line / stock's cold start",
      ...{ value: to("stock, cold"), unit: "x", goal: 0.2 },
      beside: seconds,
    },
    {
      what: "the same / stock's start from its own snapshot",
      ...{ value: to("stock, from its snapshot"), unit: "x", goal: 1 },
    },
  ];
}

/** The footprints when the program `file` has run: in an interpreter from the image, and in stock interpreters with malloc and mimalloc. */
async function footprints(image: string, file: string): Promise<Record<string, number>> {
  const source = readFileSync(file);
  const { pyodide, exports } = await loadPython({ image: readFileSync(image), pyodide: { stdout: () => undefined } });
  pyodide.FS.writeFile("/home/pyodide/program.py", source);
  pyodide.runPython("import gc, program; program.run()");
  const figures: Record<string, number> = { image: footprintOf(exports) };
  for (const name of ["malloc", "mimalloc"]) {
    const stock = await startInterpreter(name, source);
    stock.pyodide.runPython("program.run()");
    figures[name] = footprintOf(stock.python);
  }
  return figures;
}

/** What this file prints when it runs in a process of its own. */
const output = (...words: string[]): unknown => figuresOf(new URL(import.meta.url), ...words);

function measureFootprints(image: string, programs: readonly string[]): Row {
  const ratios: Record<string, number> = {};
  for (const name of programs) {
    const figures = output(image, `${PROGRAMS}${name}.py`) as Record<string, number>;
    const { image: ours = Number.NaN, malloc = Number.NaN, mimalloc = Number.NaN } = figures;
    ratios[name] = ours / Math.min(malloc, mimalloc);
  }
  return {
    what: `${Object.keys(ratios).length} programs from an image, peak footprint / the better of stock's`,
    ...{ value: geometricMean(Object.values(ratios)), unit: "x", goal: 0.85 },
    beside: ratios,
  };
}

/**
 * Random replacement in one version of Pyodide: on a heap that was loaded before the interpreter, on one that was attached to a running
 * interpreter, and with the version's own malloc.
 */
async function measureVersion(version: Version): Promise<Row> {
  const load = await loaderOf(version);
  const late = await load();
  await attach(late, { onWarning: () => undefined });
  const peers = [
    await mallocPeer("malloc", exportsOfRunning(await load())),
    await domainPeer("attach", exportsOfRunning(late)),
    await domainPeer("load", (await loadPython({ loadPyodide: load })).exports),
  ];
  const { times, steps } = timeReplace(peers);
  const [attached, loaded] = [ratio(times, "attach", "malloc"), ratio(times, "load", "malloc")];
  return {
    what: `Pyodide ${version.pyodide}: random replace after attach or load, the slower / its malloc's`,
    ...{ value: Math.max(attached, loaded), unit: "x", goal: 0.6 },
    beside: nanoseconds(times, steps),
  };
}

/**
 * Measures all that the header lists: each start and asyncio `rounds` times, the size of the image, the footprints of these programs of
 * bench/programs, and each version of Pyodide.
 */
export async function measureStart(rounds: number, programs: readonly string[]): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-bench-"));
  try {
    const rows = await measureStarts(folder, rounds);
    const [plain, compressed] = [await createImage(), await createImage({ compress: true })];
    rows.push({
      what: "image of the bare interpreter, compressed",
      ...{ value: compressed.length / MB, unit: "MB", goal: 5 },
      beside: { "not compressed, MB": plain.length / MB },
    });
    const image = join(folder, "bare.pyimage");
    writeFileSync(image, plain);
    rows.push(measureFootprints(image, programs));
    rows.push(measureTasks(folder, rounds));
    for (const version of Object.keys(VERSIONS)) rows.push(output(version) as Row);
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first = "", file] = process.argv.slice(2);
  const printed =
    file === undefined ? await measureVersion(VERSIONS[first as keyof typeof VERSIONS]) : await footprints(first, file);
  process.stdout.write(JSON.stringify(printed));
  process.exit(0);
}
