// The state of the page of snapshots.

import type { Grouping } from "../../src/snapshot/types.js";
import type { Store } from "../state.js";

export type ObjectsTab = "types" | "largest" | "compare";

/** What the details are about: the objects of a row, or only its new objects; or a single object. */
export type Selection =
  | { readonly kind: "row"; readonly by: Grouping; readonly name: string; readonly isNew: boolean }
  | { readonly kind: "node"; readonly node: number };

export interface ObjectsState {
  /** The index of the snapshot that is shown. */
  readonly which: number;
  readonly tab: ObjectsTab;
  readonly search: string;
  readonly grouping: Grouping;
  readonly selected: Selection | undefined;
  /** The node that fills the treemap. */
  readonly zoomed: number;
}

export type ObjectsStore = Store<ObjectsState>;
