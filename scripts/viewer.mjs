// Builds the viewer: script, style and typefaces in one HTML file, dist/viewer.html.

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
async function page(entry, output) {
  const [script, style] = await Promise.all([bundle(entry), bundle("viewer/style/index.css")]);
  const html = readFileSync("viewer/index.html", "utf8")
    .replace("/*style*/", () => style)
    .replace("/*script*/", () => script.replaceAll("</script", "<\\/script"));
  writeFileSync(output, html);
}

export async function buildViewer() {
  await page("viewer/main.ts", "dist/viewer.html");
}
