// The source of a running program's page: it fetches the data again and again, as long as the program runs and the page is
// visible.

import { decodePage } from "../src/page/wire.js";
import { h } from "./dom.js";
import { follow, type Update } from "./source.js";
import { inflate } from "./unpack.js";

/** Milliseconds from a response to the next request. */
const PAUSE = 600;

const pause = () => new Promise((done) => setTimeout(done, PAUSE));

async function ask(url: string): Promise<Update> {
  const response = await fetch(url);
  const state = response.headers.get("x-pyheap") === "running" ? "running" : "ended";
  const snapshot = decodeURIComponent(response.headers.get("x-pyheap-objects") ?? "");
  return { state, snapshot, data: decodePage(await inflate(await response.blob())) };
}

/** The updates of the program whose data is at `url`. `waits` is called while there is nothing to show yet. */
async function* polled(url: string, waits: () => void): AsyncGenerator<Update> {
  let update = await ask(url);
  while (update.data.header.events === 0 && update.state === "running") {
    waits();
    await pause();
    update = await ask(url);
  }
  if (update.data.header.events === 0) return;
  yield update;
  try {
    while (update.state === "running") {
      await pause();
      if (document.hidden) continue;
      update = await ask(url);
      yield update;
    }
  } catch {
    yield { ...update, state: "gone" };
  }
}

/** Shows the program whose data is at `url`. Returns after the first picture; the page then updates itself. */
export async function followProgram(url: string, into: HTMLElement): Promise<void> {
  const waits = () =>
    into.replaceChildren(h("p", { class: "empty" }, "Python is starting. The program is shown when it begins."));
  const page = await follow(polled(url, waits), { into });
  if (!page) {
    into.replaceChildren(h("p", { class: "empty" }, "Nothing was allocated by this program."));
    return;
  }
  page.store.set({ view: "end" });
  page.keepHistory();
  if (page.store.state.isLive) {
    page.head.offerSnapshots(() => fetch(url.replace(/^snapshot/, "objects"), { method: "POST" }));
  }
}
