// The command in a runtime: `pyheap run` with a script, its input, a limit, a recording and its report, asyncio, promises, deep
// recursions, Ctrl-C, and a module in C.

import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAIN } from "../command.js";
import { NESTS, PROMISES, RECURSIONS } from "../run-programs.js";
import type { CommandRuntime } from "./list.js";

/** Milliseconds that one command may take. */
const LONGEST = 120_000;

const APP = `import sys
def keeps_rows():
    return [bytes(10_000) for _ in range(50)]
kept = keeps_rows()
print(len(kept), sys.argv[1:], input())
try:
    lost = [bytes(1000) for _ in range(10**6)]
except MemoryError:
    print("caught")
sys.exit(4)
`;

const TASKS = `
import asyncio
async def square(k):
    await asyncio.sleep(0.001)
    return k * k
async def main():
    print(sum(await asyncio.gather(*map(square, range(100)))))
asyncio.run(main())
`;

/** Programs that sleep, each in its own way. */
const SLEEPS = ["time.sleep(60)", "asyncio.run(asyncio.sleep(60))"].map(
  (sleep) => `
import asyncio, time
try:
    print("up", flush=True)
    ${sleep}
finally:
    print("cleaned")
`,
);

type Run = (...words: string[]) => SpawnSyncReturns<string>;

/** Fails with all that a command said, if it is not what was expected. */
function expectSaid(
  what: string,
  { status, stdout, stderr, error }: SpawnSyncReturns<string>,
  expected: { readonly status: number; readonly stdout: RegExp; readonly stderr?: RegExp },
): void {
  const isExpected =
    status === expected.status && expected.stdout.test(stdout) && (expected.stderr ?? /^$/).test(stderr);
  if (isExpected) return;
  throw new Error(`${what}: exit code ${status}${error ? ` (${error.message})` : ""}\n${stdout}\n${stderr}`);
}

/** A pattern for exactly this text. */
const whole = (text: string) => new RegExp(`^${text.replace(/[[\]]/g, "\\$&")}$`);

function tryScripts(run: Run): void {
  expectSaid(
    "a script",
    run("run", "--quiet", "--limit", "48MiB", "--trace", "app.trace", "--force", "app.py", "a", "b"),
    {
      status: 4,
      stdout: /^50 \['a', 'b'\] typed\ncaught\n$/,
    },
  );
  expectSaid("its report", run("report", "table", "--by", "line", "--at", "end", "app.trace"), {
    status: 0,
    stdout: /app\.py:3 /,
  });
  expectSaid("an error", run("run", "-c", "1 / 0"), {
    status: 1,
    stdout: /^$/,
    stderr: /ZeroDivisionError: division by zero\n[\s\S]*MiB/,
  });
  expectSaid("from an image", run("run", "--quiet", "-c", "import json; print(json.dumps([1]))"), {
    status: 0,
    stdout: /^\[1\]\n$/,
  });
  expectSaid("asyncio", run("run", "--quiet", "-c", TASKS), { status: 0, stdout: /^328350\n$/ });
}

/** Tries promises; and deep recursions and nests, if a thread gets a stack of the size that it asks for. */
function tryStacks(run: Run, { lacks, hasDeepStack }: CommandRuntime): void {
  const awaited = run("run", "--quiet", "-c", PROMISES.code);
  const refused = { status: 1, stdout: /^$/, stderr: /\nRuntimeError: .*\(JSPI: Node 24 and later\).*\n$/ };
  expectSaid("promises", awaited, lacks.promises ? refused : { status: 0, stdout: whole(PROMISES.stdout) });
  if (!hasDeepStack) return;
  for (const { code, stdout } of [RECURSIONS, NESTS]) {
    expectSaid("what is deep", run("run", "--quiet", "-c", code), { status: 0, stdout: whole(stdout) });
  }
}

function tryC(run: Run, tally: string): void {
  expectSaid("a module in C", run("run", tally, "Tally"), {
    status: 0,
    stdout: /Tally object/,
    stderr: /Memory/,
  });
}

/** Milliseconds from a program's first output until it sleeps. */
const UNTIL_SLEEP = 300;

/** Interrupts a program in its sleep. */
async function tryInterrupt(
  program: string,
  words: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
  code: string,
): Promise<void> {
  const child = spawn(program, [...words, "run", "--quiet", "-c", code], { ...where, timeout: LONGEST });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    if (stdout === "") setTimeout(() => child.kill("SIGINT"), UNTIL_SLEEP);
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = await new Promise((done) => child.on("close", done));
  if (status === 130 && stdout === "up\ncleaned\n" && /KeyboardInterrupt\s*$/.test(stderr)) return;
  throw new Error(`Ctrl-C: exit code ${status}\n${stdout}\n${stderr}`);
}

/** Asks a program that is served while it runs for its profile. */
async function tryServer(
  program: string,
  words: readonly string[],
  where: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  const code = "kept = [bytes(100_000) for _ in range(50)]; print('up', flush=True); input()";
  const how = ["run", "--quiet", "--serve", "0", "--sample", "1", "-c", code];
  const child = spawn(program, [...words, ...how], { ...where, timeout: LONGEST });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const status = new Promise((done) => child.on("close", done));
  await new Promise((done) => child.stdout.once("data", done));
  const [, address = ""] = /profiles at (\S+)/.exec(stderr) ?? [];
  const answer = await fetch(address);
  const profile = await answer.arrayBuffer();
  child.stdin.end("\n");
  if (answer.status === 200 && profile.byteLength > 0 && (await status) === 0) return;
  throw new Error(`--serve: status ${answer.status}, exit code ${await status}\n${stderr}`);
}

/** Tries the command in a runtime. Throws, if something is not as it should be. */
export async function tryCommands(program: string, runtime: CommandRuntime, tally: string | undefined): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-runtimes-"));
  const env = { ...process.env, PYHEAP_CACHE: join(folder, "cache"), NO_COLOR: "1" };
  writeFileSync(join(folder, "app.py"), APP);
  const words = [...runtime.args, MAIN];
  const run: Run = (...more) =>
    spawnSync(program, [...words, ...more], { cwd: folder, env, input: "typed\n", encoding: "utf8", timeout: LONGEST });
  tryScripts(run);
  tryStacks(run, runtime);
  if (tally !== undefined) tryC(run, tally);
  await tryServer(program, words, { cwd: folder, env });
  for (const code of SLEEPS) await tryInterrupt(program, words, { cwd: folder, env }, code);
}
