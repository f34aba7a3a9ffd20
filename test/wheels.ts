// Packages for tests: wheels that are made in memory, the lock file that lists them, and a server on this machine, from
// which a test can offer wheels, the lock file and the pages of an index.

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { strToU8, zipSync } from "fflate";

export interface TestWheel {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly version: string;
  readonly depends: readonly string[];
  readonly imports: readonly string[];
}

export interface WheelParts {
  readonly requires?: readonly string[];
  /** What a lock file says about it. */
  readonly depends?: readonly string[];
  readonly imports?: readonly string[];
  readonly tags?: string;
}

/** A wheel with these files. */
export function wheel(
  name: string,
  version: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  { requires = [], depends = [], imports = [name], tags = "py3-none-any" }: WheelParts = {},
): TestWheel {
  const info = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  const needs = requires.map((each) => `Requires-Dist: ${each}\n`).join("");
  const all = {
    ...files,
    [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${needs}\nRequires-Dist: of the description\n`,
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n",
    [`${info}/RECORD`]: "",
  };
  const contents = Object.entries(all).map(([path, text]) => [path, typeof text === "string" ? strToU8(text) : text]);
  const file = `${name.replaceAll("-", "_")}-${version}-${tags}.whl`;
  return { file, bytes: zipSync(Object.fromEntries(contents)), name, version, depends, imports };
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The lock file of a distribution for the Pyodide that comes with pyheap. `changed` has, by package, fields that replace others. */
export function lockFile(wheels: readonly TestWheel[], changed: Readonly<Record<string, object>> = {}): string {
  const entries = wheels.map(({ file, bytes, name, version, depends, imports }) => [
    name,
    { name, version, depends, imports, file_name: file, sha256: sha256(bytes), ...changed[name] },
  ]);
  const info = { abi_version: "2026_0", arch: "wasm32", platform: "emscripten_5_0_3", python: "3.14.2" };
  return JSON.stringify({ info, packages: Object.fromEntries(entries) });
}

export interface Served {
  readonly url: string;
  /** The paths that were requested. */
  readonly asked: string[];
  close(): void;
}

/** Serves contents by their paths. A path without content gets a 404. */
export async function serve(
  contents: ReadonlyMap<string, { readonly body: string | Uint8Array; readonly type?: string }>,
): Promise<Served> {
  const asked: string[] = [];
  const server = createServer(({ url = "/" }, response) => {
    asked.push(url);
    const found = contents.get(url);
    response.writeHead(found ? 200 : 404, { "content-type": found?.type ?? "application/octet-stream" });
    response.end(found?.body ?? "");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, asked, close: () => void server.close() };
}
