// What a whole command of pyheap takes: seconds, processor time, and memory at its peak.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const KIB = 1024;

/** Code of the process: its last line on stderr says what it used. */
const TELLS_USE = `process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write("\\n" + JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
})`;

/** Runs a command of pyheap in a process. Returns its seconds, its processor time in seconds, and its peak memory in bytes. */
export function timed(...args: string[]): { seconds: number; processor: number; bytes: number } {
  const begun = performance.now();
  const watch = ["--import", `data:text/javascript,${encodeURIComponent(TELLS_USE)}`];
  const { stderr, status } = spawnSync(process.execPath, [...watch, CLI, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`pyheap ${args.join(" ")}: ${stderr}`);
  const seconds = (performance.now() - begun) / 1000;
  const { maxRSS, cpu } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as { maxRSS: number; cpu: number };
  return { seconds, processor: cpu / 1e6, bytes: maxRSS * KIB };
}
