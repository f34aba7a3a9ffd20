// Where the data of a page come from: a server (live.ts), a file (open/), a recording of the page's own program (panel/).
// All of them are a sequence of updates, each of which replaces the one before.

import type { PageData } from "../src/page/model.js";
import type { ProgramState } from "./head.js";
import { Model } from "./model.js";
import { Page } from "./page.js";
import type { Tab } from "./state.js";
import { Colors } from "./theme.js";

export interface Update {
  readonly data: PageData;
  readonly state: ProgramState;
  /** What became of the last heap snapshot that the page asked for; "" if there is nothing to say. */
  readonly snapshot?: string | undefined;
}

export type Source = AsyncIterable<Update>;

/** Where a page is, and how it begins. */
export interface Place {
  readonly into: HTMLElement;
  readonly colors?: Colors | undefined;
  readonly tab?: Tab | undefined;
  /** Called when there is something to show, before the page is made. */
  readonly begin?: (() => void) | undefined;
}

function put(page: Page, { state, snapshot = "" }: Update): void {
  page.head.say(state);
  page.head.saySnapshot(snapshot);
}

async function keepFollowing(updates: AsyncIterator<Update>, page: Page): Promise<void> {
  for (let next = await updates.next(); !next.done; next = await updates.next()) {
    page.update(next.value.data);
    put(page, next.value);
  }
}

/**
 * Shows the data of a source. Returns after the first update; the page then follows the source to its end. `undefined` if
 * the source has nothing. `ended` gets the error if the source fails later, or undefined at its end.
 */
export async function follow(
  source: Source,
  { into, colors = new Colors(into), tab, begin }: Place,
  ended: (error?: unknown) => void = () => undefined,
): Promise<Page | undefined> {
  const updates = source[Symbol.asyncIterator]();
  const { value, done } = await updates.next();
  if (done) return undefined;
  begin?.();
  const page = new Page(new Model(value.data), colors, into, tab);
  put(page, value);
  keepFollowing(updates, page).then(() => ended(), ended);
  return page;
}
