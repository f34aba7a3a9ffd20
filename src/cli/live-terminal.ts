// A running program, on the terminal: figures, the last minute as a line of bars, and the functions with most memory. They
// are drawn in place, below the program's output. If standard error is not a terminal: one line of figures a second.
// While the interpreter starts, there is nothing to show.

import type { Colors } from "picocolors/types.js";
import type { PageData } from "../page/model.js";
import { ROW, ROW_VALUES } from "../page/model.js";
import { layOut } from "../report/columns.js";
import { bar } from "../text/bar.js";
import { bytes } from "../text/bytes.js";
import { placeOf, programName } from "../text/labels.js";
import { count, counted, percent } from "../text/numbers.js";
import { MICROSECONDS, time } from "../text/time.js";
import { forTerminal, visible } from "../text/visible.js";
import { snapshotHint } from "./keys.js";
import type { LiveProgram } from "./live.js";
import { Screen } from "./screen.js";
import { askForSnapshot, type Shared } from "./shared.js";

const EVERY = 500;
const LINE_EVERY = 1000;
const ROWS = 10;
const LEVELS = "▁▂▃▄▅▆▇█";
/** The time that the bars show, in microseconds. */
const SHOWN = 60 * MICROSECONDS;

export interface Drawing {
  /** Draws the view a last time, and leaves it on the terminal. */
  end(): void;
}

/** The program's live bytes in the last minute, as bars of eight heights. */
function sparkline({ buckets, header }: PageData, width: number): string {
  const begin = Math.max(0, header.duration - SHOWN);
  const scale = width / Math.max(1, header.duration - begin);
  const columnOf = (time: number) => Math.min(width - 1, Math.floor((time - begin) * scale));
  const values = Array<number>(width).fill(0);
  buckets.forEach(({ time, ownPeakBytes, endBytes, base }, k) => {
    if (k < header.program) return;
    const first = Math.max(0, columnOf(time));
    for (let column = first; column <= columnOf(buckets[k + 1]?.time ?? header.duration); column++) {
      values[column] = Math.max(values[column] ?? 0, column === first ? ownPeakBytes : endBytes - base);
    }
  });
  const most = Math.max(1, ...values);
  return values.map((value) => LEVELS[Math.min(7, Math.floor((value / most) * 7.99))] ?? " ").join("");
}

interface Place {
  readonly name: string;
  /** File and line; "" if it is not a function. */
  readonly at: string;
  bytes: number;
  count: number;
}

/** The program's functions with most live memory, each counted where it is innermost. */
function topPlaces({ rows, accounts, nodes, header }: PageData): Place[] {
  const places = new Map<number, Place>();
  for (let row = 0; row < rows.accounts.length; row++) {
    const account = rows.accounts[row] ?? 0;
    if (account < header.startAccounts) continue;
    const innermost = accounts.nodes[account] ?? 0;
    const isType = header.functions[nodes.functions[innermost] ?? 0]?.isType;
    const number = nodes.functions[(isType ? nodes.parents[innermost] : innermost) ?? 0] ?? 0;
    const f = header.functions[number];
    const at = f ? visible(placeOf(f, f.firstLine)) : "";
    const place = places.get(number) ?? { name: visible(f?.name ?? ""), at, bytes: 0, count: 0 };
    places.set(number, place);
    place.bytes += rows.values[row * ROW_VALUES + ROW.net] ?? 0;
    place.count += rows.values[row * ROW_VALUES + ROW.netCount] ?? 0;
  }
  return [...places.values()].sort((a, b) => b.bytes - a.bytes).slice(0, ROWS);
}

/** The least width to which a place is cut, in columns. */
const LEAST_PLACE = 12;

/** A function and its place in this many columns. The name comes first; a long path loses its beginning, because its end says more. */
function placeText({ name, at }: Place, columns: number): string {
  if (at === "") return forTerminal(name.slice(0, columns));
  const room = Math.max(Math.min(at.length, LEAST_PLACE), columns - name.length - 2);
  const place = at.length <= room ? at : `…${at.slice(at.length - room + 1)}`;
  return `${forTerminal(name.slice(0, columns - place.length - 2))}  ${forTerminal(place)}`;
}

/**
 * Sums of bytes: the program's live blocks, now and at their peak; the live blocks of the interpreter's start; and the
 * memory that the platform gave.
 */
function figures({ buckets, header }: PageData): { live: number; peak: number; start: number; reserved: number } {
  const { endBytes = 0, base = 0, reserved = 0 } = buckets.at(-1) ?? {};
  const own = buckets.slice(header.program);
  const peak = own.reduce((most, { ownPeakBytes }) => Math.max(most, ownPeakBytes), 0);
  return { live: endBytes - base, peak, start: base, reserved };
}

/** The figures as one line, for output that is not a terminal. */
function liveLine(data: PageData): string {
  const { live, peak } = figures(data);
  return `pyheap: after ${time(data.header.duration)} ${bytes(live)} are live, at most ${bytes(peak)} were\n`;
}

/** The view as lines of text. `note` is a last line about heap snapshots. */
export function liveText(data: PageData, colors: Colors, columns: number, note = ""): string {
  const { header } = data;
  const { live, peak, start, reserved } = figures(data);
  const line = sparkline(data, Math.max(10, columns - 4));
  const places = layOut(
    topPlaces(data).map((place) => [
      bytes(Math.max(0, place.bytes)),
      percent(place.bytes, live),
      colors.cyan(bar(place.bytes / Math.max(1, live), 12)),
      count(place.count),
      placeText(place, Math.max(32, columns - 48)),
    ]),
    ["right", "right", "left", "right", "left"],
  );
  return [
    `${colors.bold(forTerminal(programName(header.command)))}  ${colors.dim(`${time(header.duration)}, ${counted(header.events, "event")}`)}`,
    `  live ${colors.bold(bytes(live))}   peak ${bytes(peak)}   ${start > 0 ? `interpreter's start ${bytes(start)}   ` : ""}from the platform ${bytes(reserved)}`,
    `  ${colors.cyan(line)}`,
    places,
    ...(note === "" ? [] : [colors.dim(`  ${forTerminal(note.slice(0, Math.max(10, columns - 4)))}`)]),
    "",
  ].join("\n");
}

/** The signal that a terminal sends when the key Ctrl-\\ is pressed, even while the program reads input. */
const KEY_SIGNAL = "SIGQUIT";

/** What the view says about heap snapshots. */
function snapshotNote({ snapshots }: LiveProgram): string {
  const { last, problem } = snapshots;
  if (problem !== undefined) return problem;
  return last === undefined ? snapshotHint() : `heap snapshot: ${last}`;
}

/** The first lines of the view, as many as fit above the line of the cursor. */
function cut(text: string, rows: number): string {
  const lines = text.split("\n").slice(0, -1);
  return `${lines.slice(0, Math.max(1, rows - 1)).join("\n")}\n`;
}

/** Draws the program again and again until the view is ended. */
export function drawLive(
  program: LiveProgram,
  colors: Colors,
  shared: Shared,
  terminal: NodeJS.WriteStream = process.stderr,
): Drawing {
  if (!terminal.isTTY) return writeLines(program, terminal);
  const screen = new Screen(shared);
  const text = () =>
    cut(liveText(program.data(), colors, terminal.columns || 80, snapshotNote(program)), terminal.rows || 24);
  const take = () => askForSnapshot(shared);
  process.on(KEY_SIGNAL, take);
  const timer = setInterval(() => program.hasBegun && screen.draw(text()), EVERY);
  return {
    end: () => {
      clearInterval(timer);
      process.off(KEY_SIGNAL, take);
      if (program.hasBegun) screen.end(text());
    },
  };
}

/** A line that says what the last one said is not written: nothing has happened since. */
function writeLines(program: LiveProgram, to: Pick<NodeJS.WriteStream, "write">): Drawing {
  let last = "";
  const write = () => {
    const line = program.hasBegun ? liveLine(program.data()) : "";
    if (line !== last) to.write(line);
    last = line;
  };
  const timer = setInterval(write, LINE_EVERY);
  return {
    end: () => {
      clearInterval(timer);
      write();
    },
  };
}
