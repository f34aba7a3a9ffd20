// The folder where the command keeps what it can make or download again. Where such folders are depends on the platform.

import { homedir, platform } from "node:os";
import { join } from "node:path";

/** The folder for one kind of such files, which may not exist yet. If PYHEAP_CACHE is set, it names the folder that has all kinds. */
export function cacheFolder(kind: string, environment: NodeJS.ProcessEnv = process.env): string {
  return join(environment.PYHEAP_CACHE || ofPlatform(environment), kind);
}

function ofPlatform({ XDG_CACHE_HOME, LOCALAPPDATA }: NodeJS.ProcessEnv): string {
  // The XDG Base Directory Specification says that XDG_CACHE_HOME is ignored unless it is absolute.
  if (XDG_CACHE_HOME?.startsWith("/")) return join(XDG_CACHE_HOME, "pyheap");
  if (platform() === "win32" && LOCALAPPDATA) return join(LOCALAPPDATA, "pyheap", "cache");
  return join(homedir(), platform() === "darwin" ? "Library/Caches" : ".cache", "pyheap");
}
