// The names of the machine's time zone, which the C library of CPython's module does not know: it calls them UTC+0100.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const ZONES = "/usr/share/zoneinfo";
const LOCAL = "/etc/localtime";
/** Characters of a name that the C library has place for, by POSIX. */
const MOST = 16;

/** The names in a zone as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`, `<+03>-3`. Without one for summer, it is the other. */
export function namesIn(zone: string): readonly [string, string] | undefined {
  const name = "(<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})";
  const found = new RegExp(`^${name}[+-]?[0-9:]+${name}?`).exec(zone);
  if (!found) return undefined;
  const [, standard = "", summer = standard] = found;
  const plain = (text: string) => text.replace(/[<>]/g, "").slice(0, MOST);
  return [plain(standard), plain(summer)];
}

/** The names of the zone that TZ names, or of the machine's; undefined if they can't be told. */
export function zoneNames(TZ: string | undefined): readonly [string, string] | undefined {
  if (TZ === "") return ["UTC", "UTC"];
  const file = TZ === undefined ? LOCAL : resolve(ZONES, TZ.replace(/^:/, ""));
  try {
    // The last line of such a file holds for all times to come.
    return namesIn(readFileSync(file, "latin1").trimEnd().split("\n").at(-1) ?? "");
  } catch {
    return TZ === undefined ? undefined : namesIn(TZ);
  }
}

/** What CPython's module has of time zones. */
export interface ZoneExports {
  readonly memory: WebAssembly.Memory;
  readonly tzname?: unknown;
  tzset?(): void;
}

/** Gives the C library the names: what asks for a time's zone sees them. */
export function nameZone({ memory, tzname, tzset }: ZoneExports, names: readonly [string, string]): void {
  const at = tzname instanceof WebAssembly.Global ? (tzname.value as unknown) : tzname;
  if (typeof at !== "number" || !tzset) return;
  // It is done once; later it would undo this.
  tzset();
  const words = new DataView(memory.buffer);
  for (const [k, name] of names.entries()) {
    const text = words.getUint32(at + 4 * k, true);
    new Uint8Array(memory.buffer).set(new TextEncoder().encode(`${name}\0`), text);
  }
}
