// Puts the command's modules together in a few files. Otherwise `pyheap run` would load some three hundred small
// modules before a program begins, which takes a fifth of the command's time to start.
//
// dist/cli then has main.js, the pieces that it loads later, python-worker.js and image-worker.js in one piece each, and
// c-worker.js with its own modules: reports of C programs tell the library's functions from the program's by their files.

import { readdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = "dist/cli";

/** Bundles an entry, in one file or in several, as `options` say. Returns the names of the files that were read and written. */
async function bundle(name, options) {
  const { metafile } = await build({
    ...{ bundle: true, platform: "node", format: "esm", target: "node20", packages: "external", metafile: true },
    ...{ entryPoints: [`${FOLDER}/${name}.js`], outdir: FOLDER, allowOverwrite: true, sourcemap: true },
    ...{ chunkNames: "[name]-[hash]", ...options },
  });
  return metafile;
}

/** Bundles dist/cli, in place, and removes the modules that are in a bundle and nowhere else. */
export async function bundleCommand() {
  const [c, main, ...workers] = await Promise.all([
    bundle("c-worker", { write: false }),
    bundle("main", { splitting: true }),
    bundle("python-worker"),
    bundle("image-worker"),
  ]);
  const used = new Set(
    [c.inputs, main.outputs, ...workers.map(({ outputs }) => outputs)].flatMap((files) => Object.keys(files)),
  );
  for (const name of readdirSync(FOLDER, { recursive: true })) {
    const module = `${FOLDER}/${name}`.replace(/(\.d\.ts|\.js\.map)$/, ".js");
    if (module.endsWith(".js") && !used.has(module)) rmSync(`${FOLDER}/${name}`);
  }
}
