// Rebuilds what has changed in core/, protocol/, include/, src/ or viewer/: `npm run watch`, beside `npx vitest` in
// another terminal. With --debug it builds the core's debug build, which takes seconds instead of half a minute.

import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const FOLDERS = ["core", "protocol", "include", "src", "viewer"];
/** Files that the build itself writes. */
const MADE = /\.gen(erated)?\.ts$/;
/**
 * Milliseconds: a build begins when nothing was written for this long, because editors write a file in several steps.
 */
const QUIET_MS = 150;

let running = false;
let isStale = true;

function build() {
  if (running) return;
  running = true;
  isStale = false;
  const start = performance.now();
  console.log(`${new Date().toLocaleTimeString()} building`);
  spawn(process.execPath, ["scripts/build.mjs", ...process.argv.slice(2)], { stdio: "inherit" }).on("exit", (code) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${new Date().toLocaleTimeString()} ${code === 0 ? "built" : "FAILED"} in ${seconds} s`);
    running = false;
    if (isStale) build();
  });
}

let timer;
for (const folder of FOLDERS) {
  watch(folder, { recursive: true }, (_event, name) => {
    if (name && MADE.test(name)) return;
    isStale = true;
    clearTimeout(timer);
    timer = setTimeout(build, QUIET_MS);
  });
}
build();
