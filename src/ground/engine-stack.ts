// The stack of JavaScript's engine, as text.

/** What not every engine has: V8's limit of ten frames, and a way to get a stack without an error. */
interface EngineError {
  stackTraceLimit?: number;
  captureStackTrace?(error: Error, without: (...args: never) => unknown): void;
}

/** The calling function and its callers, at most this many of them if the engine has a limit. V8 has a line before them. */
export function engineStack(mostFrames: number): string {
  const engine = Error as EngineError;
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = mostFrames;
  let stack = "";
  if (engine.captureStackTrace) {
    const error = Object.create(Error.prototype) as Error;
    engine.captureStackTrace(error, engineStack);
    stack = error.stack ?? "";
  } else {
    // The first line is this function's.
    stack = new Error().stack?.replace(/^.*\n/, "") ?? "";
  }
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return stack;
}
