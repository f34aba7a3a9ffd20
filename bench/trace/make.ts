// Records a trace of at least a given number of events. The Python programs run in turn until there are enough: node
// make.js FILE EVENTS.

import { closeSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPython } from "../../src/hosts/python/pyodide.js";
import { EventDecoder } from "../../src/trace/decoder.js";
import { BLOCK, BLOCK_HEADER, FILE_HEADER } from "../../src/trace/format.js";

const PROGRAMS = fileURLToPath(new URL("../../../bench/programs/", import.meta.url));
const [file = "", wanted = "50000000"] = process.argv.slice(2);

/** Counts the events in what a recorder writes. */
class Counter {
  readonly #decoder = new EventDecoder();
  #header: Uint8Array | undefined;
  #begun = false;

  take(bytes: Uint8Array): void {
    const before = this.#header;
    this.#header = undefined;
    if (!this.#begun && bytes.length === FILE_HEADER) this.#begun = true;
    else if (!before && bytes.length === BLOCK_HEADER) this.#header = bytes.slice();
    else if (before?.[0] === BLOCK.events) this.#decoder.decode(bytes, NOBODY);
  }

  get events(): number {
    return this.#decoder.events;
  }
}

const nothing = () => undefined;
const NOBODY = {
  allocate: nothing,
  free: nothing,
  resize: nothing,
  outgrown: nothing,
  others: nothing,
  liveNow: nothing,
  node: nothing,
  time: nothing,
  reserved: nothing,
  program: nothing,
};

const { pyodide, heap } = await loadPython({ pyodide: { stdout: nothing } });
const names = readdirSync(PROGRAMS).filter((name) => name.endsWith(".py"));
for (const name of names) pyodide.FS.writeFile(`/home/pyodide/${name}`, readFileSync(PROGRAMS + name));

const fd = openSync(file, "w");
const counter = new Counter();
const recorder = heap.trace({
  command: ["bench/programs"],
  write: (bytes) => {
    writeSync(fd, bytes);
    counter.take(bytes);
  },
});
for (let k = 0; counter.events < Number(wanted); k++) {
  const module = names[k % names.length]?.replace(".py", "");
  pyodide.runPython(`import ${module}; ${module}.run()`);
}
recorder.stop();
closeSync(fd);
process.stdout.write(JSON.stringify({ events: counter.events }));
process.exit(0);
