// The page of a trace, of heap snapshots, or of a running program. It shows the data inside the page, or what the program
// sends.

import { messageOf } from "../src/ground/errors.js";
import { decodeSnapshots } from "../src/page/snapshot-wire.js";
import { decodePage } from "../src/page/wire.js";
import { h } from "./dom.js";
import { followProgram } from "./live.js";
import { Model } from "./model.js";
import { ObjectsPage } from "./objects/page.js";
import { Page } from "./page.js";
import { Colors } from "./theme.js";
import { unpack } from "./unpack.js";

async function start(into: HTMLElement): Promise<void> {
  const { live } = document.documentElement.dataset;
  if (live !== undefined) {
    await followProgram(live, into);
    return;
  }
  const place = document.getElementById("data");
  const packed = place?.textContent ?? "";
  if (packed === "") {
    into.replaceChildren(
      h("p", { class: "empty" }, "This page has no data: `pyheap report flamegraph FILE` makes one that has."),
    );
    return;
  }
  if (place?.dataset.kind === "snapshots") {
    new ObjectsPage(decodeSnapshots(await unpack(packed)), new Colors(into), into).keepHistory();
    return;
  }
  const data = decodePage(await unpack(packed));
  if (data.header.events === 0) {
    into.replaceChildren(h("p", { class: "empty" }, "Nothing was allocated in this recording."));
    return;
  }
  new Page(new Model(data), new Colors(into), into).keepHistory();
}

const root = document.getElementById("page");
if (root) {
  try {
    // Canvases measure texts, so the typeface must be loaded before.
    await document.fonts.load('12px "Inter Variable"');
    await start(root);
    document.documentElement.dataset.ready = "yes";
  } catch (error) {
    root.replaceChildren(h("p", { class: "empty", role: "alert" }, `Cannot show this page: ${messageOf(error)}`));
  }
}
