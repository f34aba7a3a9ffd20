// Keys of the live view, if npm or npx started the command. The key Ctrl-\ makes the terminal send a signal to the whole group of
// processes, which would end npx. So the terminal gives keys as bytes (raw mode) until the program reads input:
//
//   Ctrl-\   a heap snapshot, as by the signal
//   Ctrl-C   SIGINT for the group, as the terminal would send it; Ctrl-Z likewise stops the group
//   others   what the program gets when it first reads input

import { readFileSync } from "node:fs";
import { isatty } from "node:tty";

const [CONTROL_C, CONTROL_Z, CONTROL_BACKSLASH] = [0x03, 0x1a, 0x1c];
const [RETURN, NEWLINE] = [0x0d, 0x0a];
/** The process group: what a terminal sends its signals to. */
const GROUP = 0;

/** The parts of a terminal's input that are needed. */
export type KeyInput = Pick<NodeJS.ReadStream, "setRawMode" | "on" | "off" | "resume" | "pause">;
export type Send = (group: number, signal: NodeJS.Signals) => void;

/** Whether npm or npx started this process, so that they get the signals of the terminal too. */
export function isUnderNpm({ npm_command, npm_lifecycle_event }: NodeJS.ProcessEnv = process.env): boolean {
  return npm_command !== undefined || npm_lifecycle_event !== undefined;
}

/** How a user asks for a heap snapshot now. */
export function snapshotHint(): string {
  const isSignalSafe = !isUnderNpm() || (isatty(0) && process.stdin.isRaw);
  return `${isSignalSafe ? "Ctrl-\\" : `kill -QUIT ${process.pid}`} takes a heap snapshot`;
}

/**
 * Whether this process is in the background: changing the terminal would stop it. Where that can't be found out, it is taken to be
 * in the foreground.
 */
function isInBackground(): boolean {
  try {
    // After the name, which is in parentheses: state, parent, group, session, terminal, the terminal's foreground group.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
}

/** Takes the keys of the terminal, if npm started the command and it has one. `take` is called for a heap snapshot. */
export function takeKeys(take: () => void): Keys | undefined {
  return isUnderNpm() && isatty(0) && !isInBackground() ? new Keys(process.stdin, take) : undefined;
}

export class Keys {
  readonly #input: KeyInput;
  readonly #take: () => void;
  readonly #send: Send;
  readonly #typed: number[] = [];
  #isOn = true;

  constructor(input: KeyInput, take: () => void, send: Send = process.kill.bind(process)) {
    this.#input = input;
    this.#take = take;
    this.#send = send;
    input.on("data", this.#onData);
    process.on("SIGCONT", this.#goOn);
    this.#goOn();
  }

  /** Gives the terminal back. Returns what was typed for the program. */
  end(): Uint8Array {
    if (this.#isOn) {
      this.#isOn = false;
      this.#input.off("data", this.#onData);
      process.off("SIGCONT", this.#goOn);
      this.#input.pause();
      this.#input.setRawMode(false);
    }
    return Uint8Array.from(this.#typed.splice(0));
  }

  readonly #goOn = (): void => {
    this.#input.setRawMode(true);
    this.#input.resume();
  };

  readonly #onData = (bytes: Uint8Array): void => {
    for (const byte of bytes) {
      if (byte === CONTROL_BACKSLASH) this.#take();
      else if (byte === CONTROL_C) this.#send(GROUP, "SIGINT");
      else if (byte === CONTROL_Z) {
        this.#input.setRawMode(false);
        this.#send(GROUP, "SIGTSTP");
      } else this.#typed.push(byte === RETURN ? NEWLINE : byte);
    }
  };
}
