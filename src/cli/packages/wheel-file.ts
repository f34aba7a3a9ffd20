// Makes a wheel: an archive of files, with what an installer has to know about them.
//
//   markupsafe/__init__.py  markupsafe/_speedups.cpython-314-wasm32-emscripten.so  ...
//   markupsafe-3.0.3.dist-info/METADATA   name, version, what it needs
//                              WHEEL      for which interpreters it is
//                              RECORD     a checksum and a size for each file

import { createHash } from "node:crypto";
import { strToU8, zipSync } from "fflate";

/** A version of a package. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly summary: string | undefined;
  readonly requires: readonly string[];
  readonly requiresPython: string | undefined;
}

/** The name of a wheel's file. */
export function wheelFileName(release: Release, tag: string): string {
  return `${stemOf(release)}-${tag}.whl`;
}

/** A release in the names of files and folders. A `-` would end the name, or the version. */
const stemOf = ({ name, version }: Release) => `${partOf(name)}-${version.replaceAll("-", "_")}`;

/** A package's name in the names of files. */
const partOf = (name: string) => name.replace(/[-_.]+/g, "_").toLowerCase();

/** The earliest time that an archive can have: the same files make the same wheel. */
const TIME = new Date(1980, 0, 1);

/** The bytes of a wheel for interpreters with this tag: cp314-cp314-pyemscripten_2026_0_wasm32. */
export function makeWheel(release: Release, tag: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const info = `${stemOf(release)}.dist-info`;
  const contents = new Map(files);
  contents.set(`${info}/METADATA`, strToU8(metadataOf(release)));
  contents.set(
    `${info}/WHEEL`,
    strToU8(`Wheel-Version: 1.0\nGenerator: pyheap\nRoot-Is-Purelib: false\nTag: ${tag}\n`),
  );
  const record = [...contents].map(([path, bytes]) => {
    const hash = createHash("sha256").update(bytes).digest("base64url");
    return `${quoted(path)},sha256=${hash},${bytes.length}\n`;
  });
  contents.set(`${info}/RECORD`, strToU8(`${record.join("")}${info}/RECORD,,\n`));
  return zipSync(Object.fromEntries(contents), { mtime: TIME });
}

function metadataOf({ name, version, summary, requires, requiresPython }: Release): string {
  const lines = ["Metadata-Version: 2.1", `Name: ${name}`, `Version: ${version}`];
  if (summary !== undefined) lines.push(`Summary: ${summary.replaceAll("\n", " ")}`);
  if (requiresPython !== undefined) lines.push(`Requires-Python: ${requiresPython}`);
  for (const each of requires) lines.push(`Requires-Dist: ${each}`);
  return `${lines.join("\n")}\n`;
}

/** A field of RECORD, which is a table of values between commas. */
const quoted = (field: string) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
