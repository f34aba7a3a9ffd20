// src/panel/remote.ts, as scripts/viewer.mjs bundles it into dist/browser/, where it shares files with the panel.

export { serveSubject } from "../panel/remote.js";
