// Where the command keeps what it can have again: the folder that the platform has for that.

import { homedir, platform } from "node:os";
import { join } from "node:path";

/** The folder of a kind of things that are kept, which need not be there: PYHEAP_CACHE names another place for all of them. */
export function cacheFolder(kind: string, environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.PYHEAP_CACHE || ofPlatform(environment), kind);
}

function ofPlatform({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string {
  // The standard has XDG_CACHE_HOME ignored unless it is absolute.
  if (XDG_CACHE_HOME?.startsWith("/")) return join(XDG_CACHE_HOME, "pyheap");
  if (platform() === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "pyheap", "cache");
  return join(homedir(), platform() === "darwin" ? "Library/Caches" : ".cache", "pyheap");
}
