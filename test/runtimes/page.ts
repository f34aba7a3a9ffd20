// The page of these tests. `tried(place, features)` runs the smoke suite in the page, or in a worker, and returns the
// outcomes as JSON.

import type { Feature, Place } from "./list.js";
import { smoke } from "./smoke.js";

/** Runs the suite in a worker, and ends the worker. */
function inWorker(worker: Worker, features: readonly Feature[]): Promise<string> {
  return new Promise<string>((done, fail) => {
    worker.onmessage = ({ data }) => done(data);
    worker.onerror = ({ message }) => fail(new Error(message));
    worker.postMessage(features);
  }).finally(() => worker.terminate());
}

async function tried(place: Place, features: readonly Feature[]): Promise<string> {
  if (place === "module worker") return inWorker(new Worker("/worker.js", { type: "module" }), features);
  if (place === "classic worker") return inWorker(new Worker("/classic.js"), features);
  const indexURL = new URL("/pyodide/", location.href).href;
  return JSON.stringify(await smoke({ tally: "/tally.wasm", pyodide: { indexURL } }, features));
}

Object.assign(globalThis, { tried });
