// The command as tests run it: the built one, in a process of its own.

import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./needs.js";

/** The file that Node runs. */
export const MAIN = join(ROOT, "dist/cli/main.js");

export interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** Variables of the environment, added to those of the tests. A variable whose value is undefined is removed. */
  readonly env?: NodeJS.ProcessEnv;
  /** What the program can read from standard input. */
  readonly input?: string;
}

/** Makes a folder for PYHEAP_CACHE in which nothing is kept but the images that all tests share. */
export function makeCache(folder: string): string {
  const images = join(process.env.PYHEAP_CACHE ?? "", "images");
  mkdirSync(images, { recursive: true });
  mkdirSync(folder, { recursive: true });
  symlinkSync(images, join(folder, "images"));
  return folder;
}

/** Runs `pyheap` with these arguments, to its end. */
export function command(args: readonly string[], { cwd, env, input }: CommandOptions = {}): Said {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 27,
  });
  return { status, stdout, stderr };
}
