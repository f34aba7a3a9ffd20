// Where stacks and objects of CPython 3.15 (Pyodide 315) are read. Its table of offsets may still change before the
// release; the landmarks will then not fit.

import type { KnownVersion } from "./layout.js";

export const CPYTHON_3_15: KnownVersion = {
  number: 0x030f,
  stack: {
    interpretersHead: 4,
    lockHolder: 18,
    currentFrame: 25,
    framePrevious: 39,
    frameExecutable: 40,
    frameInstruction: 41,
    frameOwner: 43,
    codeFile: 47,
    codeQualifiedName: 49,
    codeLines: 50,
    codeFirstLine: 51,
    codeInstructions: 55,
    landmarks: { 86: 8, 87: 16, 89: 16, 90: 8, 91: 20 },
  },
  objects: {
    ...{ tupleItems: 16, typeBytes: 212, valuesBegin: 4, tagsValues: false, linksFloats: false, bytearrayBlock: 28 },
    codeBlocks: [100, 104, 112, 124],
  },
  tasks: {
    generatorFrame: 100,
    generatorState: 101,
    frameStackPointer: 44,
    awaitedBack: 2,
    awaiting: 2,
  },
};
