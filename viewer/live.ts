// The page of a running program: it fetches the data again and again, as long as the program runs and the page is
// visible.

import { decodePage } from "../src/page/wire.js";
import { h } from "./dom.js";
import { Model } from "./model.js";
import { Page } from "./page.js";
import { Colors } from "./theme.js";
import { inflate } from "./unpack.js";

/** Milliseconds from a response to the next request. */
const PAUSE = 600;

const pause = () => new Promise((done) => setTimeout(done, PAUSE));

async function ask(url: string) {
  const response = await fetch(url);
  const isRunning = response.headers.get("x-pyheap") === "running";
  const objects = decodeURIComponent(response.headers.get("x-pyheap-objects") ?? "");
  return { isRunning, objects, data: decodePage(await inflate(await response.blob())) };
}

/** Shows the program whose data is at `url`. Returns after the first picture; the page then updates itself. */
export async function followProgram(url: string, into: HTMLElement): Promise<void> {
  let answer = await ask(url);
  while (answer.data.header.events === 0 && answer.isRunning) {
    into.replaceChildren(h("p", { class: "empty" }, "Python is starting. The program is shown when it begins."));
    await pause();
    answer = await ask(url);
  }
  const page = new Page(new Model(answer.data), new Colors(), into);
  page.store.set({ view: "end" });
  page.head.say(answer.isRunning ? "running" : "ended");
  if (answer.isRunning) page.head.offerSnapshots(() => fetch(url.replace(/^snapshot/, "objects"), { method: "POST" }));
  if (answer.isRunning) void keepFollowing(url, page);
}

async function keepFollowing(url: string, page: Page): Promise<void> {
  try {
    for (;;) {
      await pause();
      if (document.hidden) continue;
      const { isRunning, objects, data } = await ask(url);
      page.update(data);
      page.head.saySnapshot(objects);
      if (isRunning) continue;
      page.head.say("ended");
      return;
    }
  } catch {
    page.head.say("gone");
  }
}
