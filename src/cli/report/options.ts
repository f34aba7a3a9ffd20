// The options that several reports have, and how their values are read.

import { type Command, InvalidArgumentError, Option } from "commander";
import type { Grouping } from "../../report/trace-groups.js";
import type { StacksOptions } from "../../report/trace-stacks.js";

export interface SpanOptions {
  readonly from?: number;
  readonly to?: number;
  readonly withStart?: boolean;
  readonly byType?: boolean;
}

export interface TraceOptions extends SpanOptions {
  /** "peak", "end", "allocated", or a moment in seconds. */
  readonly at: string;
}

/** A number of seconds; undefined if the text is not one. */
export function secondsOf(text: string): number | undefined {
  const seconds = Number(text);
  return text.trim() !== "" && Number.isFinite(seconds) ? seconds : undefined;
}

function toSeconds(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError("It must be a number of seconds.");
  return seconds;
}

export function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return count;
}

/** The most levels of a tree that is shown: what makes, prints and reads it calls itself for each. */
const MOST_LEVELS = 500;

export function toLevels(text: string): number {
  const levels = toCount(text);
  if (levels > MOST_LEVELS) throw new InvalidArgumentError(`It must be at most ${MOST_LEVELS}.`);
  return levels;
}

/** The id() of an object, as Python or a report shows it. */
export function toId(text: string): number {
  if (!/^\s*(\d+|0x[\da-f]+)\s*$/i.test(text)) {
    throw new InvalidArgumentError("It must be the id() of an object, such as 1505440 or 0x16f8a0.");
  }
  return Number(text);
}

export function toWhole(text: string): number {
  const count = Number(text);
  if (text.trim() === "" || !Number.isInteger(count) || count < 0) {
    throw new InvalidArgumentError("It must be a whole number from 0 up.");
  }
  return count;
}

/** A percentage, with or without its sign, as a share from 0 to 1. */
export function toShare(text: string): number {
  const percent = Number(text.trim().replace(/\s*%$/, ""));
  if (!/^\s*[\d.]/.test(text) || !(percent >= 0 && percent <= 100)) {
    throw new InvalidArgumentError("It must be a percentage, such as 1%.");
  }
  return percent / 100;
}

/** A regular expression that ignores case. */
export function toPattern(text: string): RegExp {
  try {
    return new RegExp(text, "iu");
  } catch (error) {
    throw new InvalidArgumentError(
      error instanceof Error ? `${error.message}.` : "It is not a valid regular expression.",
    );
  }
}

/** Which stacks are shown, and which of their frames. */
export interface SelectionOptions {
  readonly filter?: RegExp | undefined;
  readonly hideImports?: boolean | undefined;
  /** Whether lines of source code are shown; the default is true. */
  readonly source?: boolean | undefined;
}

/** The options that say which stacks are shown. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--filter <pattern>", "only stacks with a function whose name or file matches").argParser(toPattern),
    )
    .option("--hide-imports", "omit the frames of the import system: their memory counts as the importer's");
}

/** The option that omits lines of source code. */
export function addSourceOption(command: Command): Command {
  return command.option("--no-source", "omit lines of source code");
}

/** The option that omits small entries. */
export function addShareOption(command: Command, what: string, least = 0): Command {
  return command.addOption(
    new Option("--min-share <percent>", `omit ${what} with a smaller share of the bytes`)
      .argParser(toShare)
      .default(least, `${100 * least}%`),
  );
}

/**
 * The option that sorts. It takes two words for the number of blocks: `count`, as in exported files, and `blocks`, as
 * in reports.
 */
export function sortOption<T extends string>(choices: readonly T[], first: T, what = "what comes first"): Option {
  const option = new Option("--sort <figure>", `${what}; blocks is the same as count`).choices(choices).default(first);
  const check = option.parseArg;
  return option.argParser(
    (word: string, before: string) => check?.(word === "blocks" ? "count" : word, before) ?? word,
  );
}

/** The options of lists of stacks: which stacks, and how many frames of each. */
export function addStackOptions(command: Command, defaults: StacksOptions): Command {
  command
    .addOption(sortOption(["bytes", "count"], defaults.sort))
    .option("--rows <n>", "show at most this many stacks", toCount, defaults.rows)
    .option("--frames <n>", "show at most this many frames of each stack", toCount, defaults.frames);
  return addSourceOption(addShareOption(addSelectionOptions(command), "stacks"));
}

/** The option that shows types. */
export const BY_TYPE = [
  "--by-type",
  "show each object's type as the innermost frame, and in tables a row for each type (needs a recording with --types)",
] as const;

/** `--by type` and `--by-type` of a table are the same. */
export function withGrouping<T extends { readonly by: Grouping; readonly byType?: boolean }>(options: T): T {
  return { ...options, by: options.byType ? "type" : options.by, byType: options.byType || options.by === "type" };
}

/** The options that choose the span of a trace, and whether types are shown. */
export function addSpanOptions(command: Command): Command {
  return command
    .option(...BY_TYPE)
    .addOption(
      new Option(
        "--from <seconds>",
        "look at what happened from then on; seconds count from the beginning of the program",
      ).argParser(toSeconds),
    )
    .addOption(new Option("--to <seconds>", "look at what happened until then").argParser(toSeconds))
    .option(
      "--with-start",
      "count what the interpreter allocated to start, too (by stack if run --trace-start recorded it)",
    );
}

/** The options that choose the span of a trace, and the one that chooses a moment. */
export function addMomentOptions(command: Command): Command {
  return addSpanOptions(
    command.option(
      "--at <moment>",
      "peak: what was live at the highest moment; end: what was live at the end; allocated: everything that was allocated; or a time in seconds, from the beginning of the program",
      "peak",
    ),
  );
}
