// A worker of these tests: a module worker, and as a bundle without modules a classic one.

import type { Feature } from "./list.js";
import { smoke } from "./smoke.js";

addEventListener("message", async ({ data }: MessageEvent<readonly Feature[]>) => {
  const indexURL = new URL("/pyodide/", location.href).href;
  postMessage(JSON.stringify(await smoke({ tally: "/tally.wasm", pyodide: { indexURL } }, data)));
});
