// Vitest translates each stack to the lines of TypeScript, frame by frame. Recordings and debug hooks take a stack at
// each allocation, mostly the same ones again. So the translation of such a stack is remembered: looking it up is faster.

/** How many stacks are remembered. */
const MOST = 5000;

type Prepare = (error: Error, frames: NodeJS.CallSite[]) => string;

const engine = Error as { prepareStackTrace?: Prepare | undefined };
const translate = engine.prepareStackTrace;

// Files that share a process load this module again.
if (translate !== undefined && translate.name !== "remembered") {
  const known = new Map<string, string>();
  engine.prepareStackTrace = function remembered(error, frames) {
    // Only errors without a message: recordings and debug hooks make such errors to take a stack.
    if (error.message !== "" || error.name !== "Error") return translate(error, frames);
    const key = frames.join("\n");
    let stack = known.get(key);
    if (stack === undefined) {
      if (known.size >= MOST) known.clear();
      stack = translate(error, frames);
      known.set(key, stack);
    }
    return stack;
  };
}
