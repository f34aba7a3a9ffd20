// Where stacks and objects of CPython 3.14 (Pyodide 314) are read.

import type { KnownVersion } from "./layout.js";

export const CPYTHON_3_14: KnownVersion = {
  number: 0x030e,
  stack: {
    interpretersHead: 4,
    lockHolder: 18,
    currentFrame: 25,
    framePrevious: 31,
    frameExecutable: 32,
    frameInstruction: 33,
    frameOwner: 35,
    codeFile: 39,
    codeQualifiedName: 41,
    codeLines: 42,
    codeFirstLine: 43,
    codeInstructions: 47,
    landmarks: { 74: 8, 75: 16, 77: 16, 78: 8, 79: 20 },
  },
  objects: {
    ...{ tupleItems: 16, typeBytes: 208, valuesBegin: 4, tagsValues: false, linksFloats: false, bytearrayBlock: 16 },
    codeBlocks: [100, 104, 112, 124],
  },
  tasks: {
    generatorFrame: 84,
    generatorState: 85,
    frameStackPointer: 36,
    awaitedBack: 1,
    awaiting: 255,
  },
};
