// asyncio for the code that runs before an image is saved: the code has the command's event loop, as a program has. The
// loop is taken out again, so that the image does not contain it.

import type { PyodideAPI } from "pyodide";
import { RUNNER_FILE } from "../hosts/python/frame-reader.js";
import { EVENT_LOOP } from "./event-loop.js";

/**
 * Defines borrow(), which installs the loop, and returns a function that undoes this. The loop sleeps with time.sleep, because an image
 * can't contain a JavaScript function.
 */
const BORROWED = `${EVENT_LOOP}

def borrow():
    import asyncio, pyodide.ffi, time
    from asyncio import events, unix_events

    running = events._get_running_loop()
    policy = getattr(unix_events, "_DefaultEventLoopPolicy", None) or unix_events.DefaultEventLoopPolicy
    places = [(asyncio, "run"), (events, "_event_loop_policy"), (policy, "_loop_factory"), (policy, "get_event_loop")]
    places += [(pyodide.ffi, "run_sync")]
    places += [(module, name) for module in (asyncio, unix_events) for name in ("EventLoop", "SelectorEventLoop")]
    kept = [(owner, name, vars(owner).get(name, places)) for owner, name in places]
    install(time.sleep)

    def give_back():
        for owner, name, value in kept:
            if value is not places:
                setattr(owner, name, value)
            elif name in vars(owner):
                delattr(owner, name)
        events._set_running_loop(running)
    return give_back`;

/** Runs `steps`; asyncio.run works in Python meanwhile. */
export function withLoop(pyodide: PyodideAPI, steps: () => void): void {
  const space = pyodide.toPy({});
  pyodide.runPython(BORROWED, { globals: space, filename: RUNNER_FILE });
  const borrow = space.get("borrow") as { (): () => void; destroy(): void };
  const giveBack = borrow() as { (): void; destroy(): void };
  try {
    steps();
  } finally {
    giveBack();
    for (const proxy of [giveBack, borrow, space]) proxy.destroy();
  }
}
