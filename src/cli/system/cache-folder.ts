// The folder where the command keeps what it can make or download again. Each platform has another place for such folders.

import { homedir, platform } from "node:os";
import { join } from "node:path";

/** The folder for one kind of such files; it may not exist yet. PYHEAP_CACHE names another place for all kinds. */
export function cacheFolder(kind: string, environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.PYHEAP_CACHE || ofPlatform(environment), kind);
}

function ofPlatform({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string {
  // The standard says that XDG_CACHE_HOME is ignored unless it is absolute.
  if (XDG_CACHE_HOME?.startsWith("/")) return join(XDG_CACHE_HOME, "pyheap");
  if (platform() === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "pyheap", "cache");
  return join(homedir(), platform() === "darwin" ? "Library/Caches" : ".cache", "pyheap");
}
