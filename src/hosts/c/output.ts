// The destination of what C prints: the program's standard output and error, or, on a page, the console, line by line. The console
// can't continue a line, so a line without its end is shown when the event loop turns, in case no end comes.

const STDERR = 2;

const unfinished = new Map<number, string>();
const decoders = new Map<number, TextDecoder>();
/** Whether unfinished lines will be shown when the event loop turns. */
let isDue = false;

/** Writes bytes that C wrote to file descriptor 1 or 2. */
export function writeText(fd: number, bytes: Uint8Array): void {
  if (typeof process !== "undefined" && process.stdout !== undefined) {
    (fd === STDERR ? process.stderr : process.stdout).write(bytes);
    return;
  }
  const decoder = decoders.get(fd) ?? new TextDecoder();
  decoders.set(fd, decoder);
  const lines = ((unfinished.get(fd) ?? "") + decoder.decode(bytes, { stream: true })).split("\n");
  unfinished.set(fd, lines.pop() ?? "");
  for (const line of lines) show(fd, line);
  if (isDue || unfinished.get(fd) === "") return;
  isDue = true;
  setTimeout(showUnfinished);
}

function show(fd: number, line: string): void {
  (fd === STDERR ? console.error : console.log)(line);
}

function showUnfinished(): void {
  isDue = false;
  for (const [fd, line] of unfinished) if (line !== "") show(fd, line);
  unfinished.clear();
}

/** Writes a line to standard error, as C would. */
export function printLine(text: string): void {
  writeText(STDERR, new TextEncoder().encode(`${text}\n`));
}
