// Builds the viewer: script, style and typefaces in one HTML page, and the page as a string in src/page/viewer.gen.ts,
// so that it can be loaded wherever a module can. Also builds pyheap/report, pyheap/profiles and pyheap/panel for browsers, and the site on
// which files are looked at.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minifySync } from "rolldown/utils";
import { onlyParts } from "./parts.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The text that esbuild makes from an entry, without writing a file. */
async function bundle(entry, options = {}) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    plugins: [onlyParts],
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    loader: { ".woff2": "dataurl" },
    legalComments: "inline",
    ...options,
  });
  return outputFiles[0].text.trim();
}

/** The same script, minified once more: after esbuild, another minifier still finds four percent of the gzipped size. */
function smallest(name, script) {
  const { code, errors } = minifySync(name, script, { module: true, compress: { target: "es2022" }, mangle: true });
  if (errors.length > 0) throw new Error(`Cannot minify ${name}: ${errors[0].message}`);
  // Bundlers look for addresses in quotation marks.
  return code.replace(/(import\(|new URL\()`([^`$]*)`/g, '$1"$2"');
}

/** A source of a Content-Security-Policy: exactly this text. */
const exactly = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** An HTML page: a template with a script and a style inside. The page's policy allows these two, and no others. */
async function page(template, script, style) {
  const inside = script.replaceAll("</script", "<\\/script");
  return readFileSync(ROOT + template, "utf8")
    .replace("script-src 'unsafe-inline'", () => `script-src ${exactly(inside)}`)
    .replace("style-src 'unsafe-inline'", () => `style-src ${exactly(style)}`)
    .replace("/*style*/", () => style)
    .replace("/*script*/", () => inside);
}

/** The page's template as src/report/ and dist/browser/ import it. */
const VIEWER = "../page/viewer.gen.js";

/**
 * The style of the panel, whose document is a shadow root. So rules for the document become rules for the root's host, and
 * the widths in queries are those of the panel, and not of the window.
 */
async function panelStyle() {
  const style = await bundle("viewer/panel/panel.css");
  return style
    .replace(/:root(\[[^\]]*\])?/g, (_, theme) => (theme ? `:host(${theme})` : ":host"))
    .replace(/(^|[},])body\{/g, "$1.panel,.note{")
    .replace(/@media ?\((max|min)-width/g, "@container ($1-width");
}

/**
 * pyheap/report, pyheap/panel and pyheap/profiles for pages, in dist/browser/: with everything they import, except the page's template, which
 * the report loads for the first page. What the first two need is in files that both import. The third is a file of its own:
 * pages that send profiles to a server have no panel, and more files that are shared would make the others larger. src/ must
 * be complete.
 */
export async function buildBrowser() {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    plugins: [onlyParts],
    write: false,
    entryPoints: {
      report: "src/report.ts",
      "panel-element": "viewer/panel/panel.ts",
      "panel-worker": "viewer/open/worker.ts",
      "panel-remote": "src/panel/remote.ts",
    },
    outdir: "dist/browser",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    define: { PANEL_STYLE: JSON.stringify(await panelStyle()) },
    // cli-table3 loads @colors/colors only for tables with colours of their own, which no report has.
    external: ["@colors/colors/safe", VIEWER],
    alias: { "emoji-regex": `${ROOT}scripts/emoji-regex.cjs` },
    legalComments: "linked",
  });
  mkdirSync(`${ROOT}dist/browser`, { recursive: true });
  const profiles = await bundle("src/profiles.ts", { platform: "browser" });
  const files = [...outputFiles, { path: `${ROOT}dist/browser/profiles.js`, text: profiles }];
  for (const { path, text } of files) writeFileSync(path, path.endsWith(".js") ? smallest(path, text) : text);
}

export async function buildViewer() {
  const [script, style] = await Promise.all([bundle("viewer/main.ts"), bundle("viewer/style/index.css")]);
  const html = await page("viewer/index.html", script, style);
  writeFileSync(
    "src/page/viewer.gen.ts",
    `// The viewer without data, as scripts/viewer.mjs made it.\nexport const VIEWER: string =\n  ${JSON.stringify(html)};\n`,
  );
}

/** The site where files are looked at: one page. src/ must be complete, with what the build generates. */
export async function buildSite() {
  const worker = await bundle("viewer/site/worker.ts", { format: "iife", define: { "import.meta.url": "undefined" } });
  const [script, style] = await Promise.all([
    bundle("viewer/site/site.ts", { define: { WORKER: JSON.stringify(worker) } }),
    bundle("viewer/site/site.css"),
  ]);
  return page("viewer/site/index.html", script, style);
}
