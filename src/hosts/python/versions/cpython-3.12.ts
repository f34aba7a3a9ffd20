// Where stacks and objects of CPython 3.12 (Pyodide 0.27) are read. This version has no table of offsets, and a thread
// refers to its current frame through a `_PyCFrame`.

import type { KnownVersion } from "./layout.js";

/** In _PyRuntime: the main interpreter, which exists from the start. */
const MAIN_INTERPRETER = 41_168;
/** In an interpreter: the first of its threads. */
const THREADS_HEAD = 64;
/** In a thread: its _PyCFrame, in which the current frame is the first word. */
const CFRAME = 40;

export const CPYTHON_3_12: KnownVersion = {
  number: 0x030c,
  stack: {
    wayToFrame: [MAIN_INTERPRETER + THREADS_HEAD, CFRAME, 0],
    framePrevious: 4,
    frameExecutable: 0,
    frameInstruction: 28,
    frameOwner: 38,
    codeFile: 80,
    codeQualifiedName: 88,
    codeLines: 92,
    codeFirstLine: 44,
    codeInstructions: 124,
  },
  objects: {
    ...{ tupleItems: 12, typeBytes: 208, valuesBegin: 0, tagsValues: true, linksFloats: true, bytearrayBlock: 16 },
    codeBlocks: [100, 112, 120],
  },
};
