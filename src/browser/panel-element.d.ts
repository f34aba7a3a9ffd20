// viewer/panel/panel.ts, as scripts/viewer.mjs bundles it into dist/browser/.

import type { PanelHeap } from "../panel/subject.js";
import type { PanelControls } from "../panel.js";

/** Puts a panel of a heap, or of one that is shared through a port, into an element. */
export function mountPanel(host: HTMLElement, heap: PanelHeap | MessagePort): PanelControls;
