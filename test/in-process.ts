// The command in the process of the test, for reports and refusals: these take less time than the start of another process.

import { main } from "../src/cli/command-line.js";
import type { Said } from "./command.js";
import { sharedCommand } from "./shared-command.js";

/** Takes what is written to a stream, until `end` is called. */
function capture(stream: NodeJS.WriteStream): { readonly text: () => string; readonly end: () => void } {
  const { write } = stream;
  const written: Uint8Array[] = [];
  stream.write = (chunk: string | Uint8Array) => {
    written.push(Buffer.from(chunk as Uint8Array));
    return true;
  };
  return {
    text: () => Buffer.concat(written).toString(),
    end: () => {
      stream.write = write;
    },
  };
}

/** Runs `pyheap` with words that start no program, in this process. */
export async function inProcess(
  words: readonly string[],
  { cwd = "." }: { readonly cwd?: string } = {},
): Promise<Said> {
  const [folder, { exitCode }] = [process.cwd(), process];
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.chdir(cwd);
  process.exitCode = 0;
  try {
    await main(words);
    return { status: Number(process.exitCode), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.exitCode = exitCode;
    process.chdir(folder);
    stdout.end();
    stderr.end();
  }
}

/** Runs `pyheap` with these words: reports in this process, all else in the process that commands share. */
export async function pyheap(words: readonly string[], cwd: string): Promise<Said> {
  return words[0] === "report" ? inProcess(words, { cwd }) : sharedCommand(words, { cwd });
}
