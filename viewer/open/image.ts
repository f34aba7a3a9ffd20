// Reads an image of Python for a page: the layout of its heap, and the blocks that are live in it.

import { ImageError } from "../../src/ground/errors.js";
import { walkOfImage } from "../../src/hosts/python/image-heap.js";
import { PythonImage } from "../../src/hosts/python/python-image.js";
import { buildPage } from "../../src/page/build.js";
import { heapLayout } from "../../src/page/heap-shape.js";
import type { PageData } from "../../src/page/model.js";
import { Spans } from "../../src/page/spans.js";
import { START } from "../../src/trace/base.js";

/** What a page shows of an image. If the image is broken, throws an error with the file's name. */
export async function readImage(file: File): Promise<PageData> {
  try {
    const image = await PythonImage.from(await file.arrayBuffer());
    const walk = await walkOfImage(image);
    return { ...buildPage(spansOf(image), factsOf(file, image)), ...heapLayout({ walk }) };
  } catch (error) {
    throw error instanceof ImageError ? new Error(`${file.name}: ${error.message}`) : error;
  }
}

/** What was allocated until the image was made. All of it has one stack. */
function spansOf({ base }: PythonImage): Spans {
  const spans = new Spans();
  spans.function(START);
  spans.node(0, 1, 0);
  for (const { domain, count, bytes } of base.gone) spans.baseGone(domain, Math.round(bytes / count), count, bytes, 1);
  for (const { address, size, tag } of base.blocks) spans.baseBlock(address, size, tag, 1);
  return spans;
}

function factsOf(file: File, { info }: PythonImage) {
  return { command: [file.name], started: info.made, python: info.python, sample: 0, problem: null };
}
