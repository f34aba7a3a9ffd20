// Where stacks and objects of CPython 3.13 (Pyodide 0.28 and 0.29) are read.

import type { KnownVersion } from "./layout.js";

export const CPYTHON_3_13: KnownVersion = {
  number: 0x030d,
  stack: {
    interpretersHead: 4,
    lockHolder: 17,
    currentFrame: 22,
    framePrevious: 28,
    frameExecutable: 29,
    frameInstruction: 30,
    frameOwner: 32,
    codeFile: 34,
    codeQualifiedName: 36,
    codeLines: 37,
    codeFirstLine: 38,
    codeInstructions: 42,
    landmarks: { 64: 8, 65: 16, 67: 16, 68: 8, 69: 20 },
  },
  objects: {
    ...{ tupleItems: 12, typeBytes: 208, valuesBegin: 4, tagsValues: false, linksFloats: true, bytearrayBlock: 16 },
    codeBlocks: [100, 104, 112, 120],
  },
};
