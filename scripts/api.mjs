// Checks the library's types, and writes its public API as declarations, a file for each entry of the package:
// docs/api/. `npm run api` writes them; without --write (`npm run check`) a difference is an error, so that a change of
// the API is always seen.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const isWriting = process.argv.includes("--write");
const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));

/** The entries' names and their declarations: "pyheap", "pyheap-pyodide". */
const entries = Object.entries(exports)
  .filter(([, target]) => target.types !== undefined)
  .map(([path, target]) => [path === "." ? "pyheap" : `pyheap-${path.slice("./".length)}`, target.types]);

/** The declarations of the present sources; those in dist/ may be older. */
const TYPES = "build/types/";
const COMPILE = ["--project", "tsconfig.json", "--emitDeclarationOnly", "--sourceMap", "false", "--outDir", TYPES];
const compiled = spawnSync("node_modules/.bin/tsc", COMPILE, { cwd: ROOT, stdio: "inherit" });
if (compiled.status !== 0) process.exit(1);

mkdirSync(`${ROOT}docs/api`, { recursive: true });

const configs = entries.map(([name, types]) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: `${ROOT}${types.replace("./dist/", TYPES)}`,
      compiler: { tsconfigFilePath: `${ROOT}tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${ROOT}docs/api`,
        reportTempFolder: `${ROOT}build/api`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: "lf",
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: `${ROOT}package.json`,
  }),
);

// The declarations are read once for all entries.
const compilerState = CompilerState.create(configs[0], {
  additionalEntryPoints: configs.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath),
});
for (const [k, config] of configs.entries()) {
  const { apiReportChanged } = Extractor.invoke(config, {
    compilerState,
    localBuild: isWriting,
    showVerboseMessages: false,
    messageCallback: quiet,
  });
  if (apiReportChanged && !isWriting) {
    console.error(
      `The public API is not what docs/api/${entries[k][0]}.api.md says. If that is what you want: npm run api`,
    );
    process.exitCode = 1;
  }
}

/** Suppresses what api-extractor says, except for errors. */
function quiet(message) {
  if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true;
}
