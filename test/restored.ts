// What a test replaces for itself is put back when it ends, however it ends, and what a file started is ended: files may
// share a process. They then share modules too, so a module's own hooks would run for the first file only.

import { afterAll, afterEach, vi } from "vitest";
import { endChildren } from "./children.js";

afterAll(endChildren);

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
