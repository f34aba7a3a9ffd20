// What pages don't need of two libraries. Their classes have properties and methods that bundlers keep, with all that these
// need, whether somebody uses them or not.

import { readFileSync } from "node:fs";

/** Of uPlot, lines: without what it offers as properties of its class, such as bars and splines. */
function lines(text) {
  const offers = text.lastIndexOf("\nuPlot.assign = ");
  const exported = text.lastIndexOf("\nexport { uPlot as default }");
  return offers < 0 || exported < offers ? text : text.slice(0, offers) + text.slice(exported);
}

/** Of pprof-format, what writes a profile: without what reads one. */
const writing = (text) => text.replace(/^ {4}static decode(Value)?\([^)]*\) \{\n(.*\n)*? {4}\}\n/gm, "");

const PARTS = [
  [/[\\/]uPlot\.esm\.js$/, lines],
  [/[\\/]pprof-format[\\/]dist[\\/]esm[\\/]index\.js$/, writing],
];

/** A plugin of esbuild. Fails if a library's text is not as expected, as it may be after an update. */
export const onlyParts = {
  name: "only-parts",
  setup({ onLoad }) {
    for (const [filter, part] of PARTS) {
      onLoad({ filter }, ({ path }) => {
        const whole = readFileSync(path, "utf8");
        const contents = part(whole);
        if (contents === whole) throw new Error(`Cannot shorten ${path}: its text is not as expected`);
        return { contents, loader: "js" };
      });
    }
  },
};
