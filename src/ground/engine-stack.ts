// The JavaScript stack as text, in any engine.

/**
 * What only some engines have: a limit for the frames of a stack (ten in V8), a way to get a stack without its
 * first frames, and a function that writes the stacks of the program's errors.
 */
interface EngineError {
  stackTraceLimit?: number;
  captureStackTrace?(error: Error, without: (...args: never) => unknown): void;
  prepareStackTrace?: unknown;
}

const engine = Error as EngineError;

/**
 * Whether jest runs this program; the variable is documented by jest. There, a function in another realm rewrites stacks: the places
 * are those of the files before jest has transformed them, but each frame has the name of another one.
 */
const IS_JEST =
  (globalThis as { process?: { env?: Readonly<Record<string, unknown>> } }).process?.env?.JEST_WORKER_ID !== undefined;

/** Writes a stack as V8 does. */
const asEngine = (_: unknown, calls: readonly unknown[]) =>
  ["Error", ...calls.map((call) => `    at ${call}`)].join("\n");

/** The stack without this file's functions, written by `prepare`. */
function written(prepare: unknown): string {
  const before = engine.prepareStackTrace;
  if (prepare !== before) engine.prepareStackTrace = prepare;
  const error = Object.create(Error.prototype) as Error;
  engine.captureStackTrace?.(error, engineStack);
  const stack = error.stack ?? "";
  if (prepare !== before) engine.prepareStackTrace = before;
  return stack;
}

const FRAME = /^( *at )(?:(.*) \()?(.*?)\)?$/;

/** A stack with the names of one and the places of another, which has the same frames. */
function combined(names: string, places: string): string {
  const others = places.split("\n");
  const lines = names.split("\n").map((line, k) => {
    const [, at, name] = FRAME.exec(line) ?? [];
    const [, , , place] = FRAME.exec(others[k] ?? "") ?? [];
    if (at === undefined || place === undefined || line.includes("wasm://")) return line;
    return name === undefined ? `${at}${place}` : `${at}${name} (${place})`;
  });
  return lines.join("\n");
}

/**
 * The calling function and its callers, at most `mostFrames` if the engine has a limit. In V8 a line with the error's
 * name comes first. The form is the engine's own, whatever the program does to the stacks of its errors.
 */
export function engineStack(mostFrames: number): string {
  const { stackTraceLimit: limit, prepareStackTrace: prepare } = engine;
  engine.stackTraceLimit = mostFrames;
  let stack: string;
  if (!engine.captureStackTrace) {
    // The first line is this function's.
    stack = new Error().stack?.replace(/^.*\n/, "") ?? "";
  } else if (prepare !== undefined) stack = written(asEngine);
  else stack = IS_JEST ? combined(written(asEngine), written(undefined)) : written(undefined);
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return stack;
}
