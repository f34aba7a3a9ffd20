// Compiles C for the tests, in a folder of build/c for each text. The C library is compiled once for all tests.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../src/cli/system/cache-folder.js";
import { compileC } from "../../src/hosts/c/compile.js";
import { ROOT } from "../needs.js";

const FOLDER = join(ROOT, "build/c");
/** Where all tests, and the commands that they run, keep the C library's object files. */
export const cache = cacheFolder("c-library");

/** Compiles a text in C, or C++ if the name ends in .cpp. Returns the path of a module called `name`.wasm. */
export async function build(name: string, text: string, flags: readonly string[] = []): Promise<string> {
  const hash = createHash("sha256")
    .update(JSON.stringify([text, flags]))
    .digest("hex")
    .slice(0, 12);
  const folder = join(FOLDER, hash);
  const source = join(folder, name.endsWith(".cpp") ? name : `${name}.c`);
  const output = join(folder, `${name.replace(/\.cpp$/, "")}.wasm`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(source)) writeFileSync(source, text);
  await compileC({
    sources: [source],
    output,
    cache,
    flags: ["-Wall", "-Wextra", "-Wno-missing-field-initializers", "-Werror", ...flags],
  });
  return output;
}
