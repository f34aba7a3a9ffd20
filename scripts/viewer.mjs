// Builds the viewer: script, style and typefaces in one HTML page, and the page as a string in src/page/viewer.gen.ts, so
// that it can be loaded wherever a module can.

import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

/** The text that esbuild makes from an entry, without writing a file. */
async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    loader: { ".woff2": "dataurl" },
    legalComments: "inline",
  });
  return outputFiles[0].text.trim();
}

/** An HTML page: the template with a script and the style inside. */
async function page(entry) {
  const [script, style] = await Promise.all([bundle(entry), bundle("viewer/style/index.css")]);
  return readFileSync("viewer/index.html", "utf8")
    .replace("/*style*/", () => style)
    .replace("/*script*/", () => script.replaceAll("</script", "<\\/script"));
}

/** The viewer as dist/report/ and dist/browser/ import it. */
const VIEWER = "../page/viewer.gen.js";

/** pyheap/report for pages: one module with everything it imports, except the viewer, which it loads for the first page. */
export async function buildReport() {
  await build({
    entryPoints: ["dist/report.js"],
    outdir: "dist/browser",
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // cli-table3 loads it for tables with colours of their own, which no report has.
    external: ["@colors/colors/safe", VIEWER],
    legalComments: "linked",
  });
}

export async function buildViewer() {
  const html = await page("viewer/main.ts");
  writeFileSync(
    "src/page/viewer.gen.ts",
    `// The viewer without data, as scripts/viewer.mjs made it.\nexport const VIEWER: string =\n  ${JSON.stringify(html)};\n`,
  );
}
