// The JavaScript stack as text, in any engine.

/**
 * What only some engines have: a limit for the frames of a stack (ten in V8), and a way to get a stack without its
 * first frames.
 */
interface EngineError {
  stackTraceLimit?: number;
  captureStackTrace?(error: Error, without: (...args: never) => unknown): void;
}

/**
 * The calling function and its callers, at most `mostFrames` if the engine has a limit. In V8 a line with the error's
 * name comes first.
 */
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
