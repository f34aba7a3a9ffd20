// What a test replaces for itself is put back when the test ends, however it ends, and the processes that a file started
// are ended with the file. Files may share a process, and then its modules, too: so a module's own hooks would run for the
// first file only.

import { afterAll, afterEach, vi } from "vitest";
import { endChildren } from "./children.js";

afterAll(endChildren);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
