// The stacks in the form that a page shows: always without the code of pyheap that runs the program, and, if this is chosen, without
// Python's import system.
//
//   <module> > _find_and_load > ... > exec_module > <module>          becomes   <module> > <module>
//   <module> > _find_and_load > ... > _compile_source                           <module> > <import>
//
// What hidden code allocated itself is added to its caller; what the import system allocated itself, to the frame `<import>` beside the
// imported module. So no sum changes. The types of objects are hidden like code, unless they are requested.

import { isImport } from "../src/report/selection.js";
import type { TraceFunction } from "../src/trace/format.js";
import { StackTree } from "../src/trace/tree.js";

const IMPORTS: TraceFunction = { name: "<import>", file: "<frozen importlib>", firstLine: 0 };
const RUNNER_FILE = "<pyheap>";

export interface Shown {
  readonly tree: StackTree;
  /** For each node of the whole tree, the node that shows it. */
  readonly nodeOf: Uint32Array;
}

/** What is shown besides the program's code: by default, the import system is, and types are not. */
export interface ShownParts {
  readonly withImports?: boolean;
  readonly withTypes?: boolean;
}

export function shownStacks(whole: StackTree, { withImports = true, withTypes = false }: ShownParts): Shown {
  const tree = new StackTree(whole.functions[0]);
  for (const f of whole.functions.slice(1)) tree.addFunction(f);
  const imports = tree.functions.length;
  tree.addFunction(IMPORTS);
  const isMachinery = whole.functions.map((f) => !withImports && isImport(f));
  const isHidden = whole.functions.map(({ file, isType }) => file === RUNNER_FILE || (isType && !withTypes));
  const nodeOf = new Uint32Array(whole.length);
  /** For each node, the node below which its callees are shown. */
  const under = new Uint32Array(whole.length);
  const importsUnder = new Map<number, number>();
  for (let node = 1; node < whole.length; node++) {
    const number = whole.functionNumber(node);
    // A type below hidden imports is shown below the frame that stands for them.
    const isType = whole.functions[number]?.isType === true;
    const parent = (isType ? nodeOf : under)[whole.parent(node)] as number;
    under[node] = nodeOf[node] = parent;
    if (isHidden[number]) continue;
    if (isMachinery[number]) {
      let leaf = importsUnder.get(parent);
      if (leaf === undefined) {
        leaf = tree.length;
        tree.addNode(parent, imports, 0);
        importsUnder.set(parent, leaf);
      }
      nodeOf[node] = leaf;
      continue;
    }
    under[node] = nodeOf[node] = tree.length;
    tree.addNode(parent, number, whole.line(node));
  }
  return { tree, nodeOf };
}
