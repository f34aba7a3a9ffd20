// The heap in an image of Python, to look at: no interpreter is started, and nothing in the image runs.

import { Sites, throwFault } from "../../alloc/debug-hooks.js";
import { stackLocator } from "../../alloc/locator.js";
import type { HeapItem } from "../../alloc/stats.js";
import { Survey } from "../../alloc/survey.js";
import * as C from "../../core/constants.gen.js";
import { coreModule, instantiateCoreModule } from "../../core/core.js";
import { HostCalls } from "../../core/host-calls.js";
import { Words } from "../../core/memory-words.js";
import { ImageError } from "../../ground/errors.js";
import { HOST_FUNCTIONS, proveHeap } from "./proven-heap.js";
import type { PythonImage } from "./python-image.js";

/** The most functions of an interpreter's table; CPython has some ten thousand. */
const MOST_FUNCTIONS = 1_000_000;

/** A walk over a heap. */
export type Walk = (visit: (item: HeapItem) => void) => void;

/** A walk over arenas, pools and blocks of the heap in an image. Throws ImageError if what is there is not a valid heap. */
export async function walkOfImage(image: PythonImage): Promise<Walk> {
  const { control, firstEntry, info } = image.metadata;
  if (control + C.CONTROL_BYTES > info.memory) throw new ImageError("its heap is not in its memory");
  if (firstEntry > MOST_FUNCTIONS) throw new ImageError("its functions are at other places of the table");
  // The interpreter's own functions are not here. A walk calls none of them.
  const table = new WebAssembly.Table({ element: "anyfunc", initial: firstEntry + HOST_FUNCTIONS.length });
  const calls = new HostCalls();
  const core = instantiateCoreModule(await coreModule(), image.memory(), table, control, calls);
  const survey = new Survey(core, new Words(core), calls, new Sites(stackLocator), throwFault);
  proveHeap(core, firstEntry, () => survey.check());
  return (visit) => survey.walk(visit, true);
}
