// What follows when a tested function has ended: at once, or when its promise does.

/** Calls the function. When it has ended, gives what `finish` gives; if it fails, calls `fail`, and the error goes on. */
export function whenEnded<R>(tested: () => unknown, finish: () => R, fail: () => void): R | Promise<R> {
  const failed = (error: unknown): never => {
    fail();
    throw error;
  };
  let result: unknown;
  try {
    result = tested();
  } catch (error) {
    return failed(error);
  }
  return result instanceof Promise ? result.then(finish, failed) : finish();
}
