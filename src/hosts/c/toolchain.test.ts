// The compiler that is found: one that can compile to WebAssembly, which it is asked once.

import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it, vi } from "vitest";
import { findToolchain } from "./toolchain.js";

/** A folder with a clang that answers `targets` and notes in a file that it was asked; and a linker. */
function tools(targets: string): { folder: string; asked: () => number } {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-tools-"));
  const log = join(folder, "asked");
  writeFileSync(log, "");
  for (const [name, body] of [
    ["clang", `echo "$1" >> "${log}"; echo "${targets}"`],
    ["wasm-ld", ""],
  ] as const) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { folder, asked: () => readFileSync(log, "utf8").split("--print-targets").length - 1 };
}

it.skipIf(process.platform === "win32")("asks a compiler once whether it can compile to WebAssembly", async () => {
  const [other, whole] = [tools("  x86-64"), tools("  wasm32")];
  vi.stubEnv("PATH", [other.folder, process.env.PATH].join(delimiter));
  expect((await findToolchain(other.folder))?.file).not.toBe(join(other.folder, "clang"));
  vi.stubEnv("PATH", [whole.folder, process.env.PATH].join(delimiter));
  for (let k = 0; k < 3; k++) expect((await findToolchain(whole.folder))?.file).toBe(join(whole.folder, "clang"));
  expect(whole.asked()).toBe(1);
});
