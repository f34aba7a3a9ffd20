// A transform for the compiler of the core: writes the module's exports and imports, with types, names of parameters
// and comments, as JSON to the file that PROTOCOL_FILE names. scripts/protocol.mjs reads it.

import { Transform } from "assemblyscript/transform";

/** The kinds of elements, by assemblyscript's numbers. */
const GLOBAL = 0;
const FUNCTION_PROTOTYPE = 4;
/** The kind of a source that was named as an entry. */
const ENTRY = 1;

/** The comment right before a declaration, on one line; "" if there is none. */
function commentOf({ range }) {
  const before = range.source.text.slice(0, range.start);
  const comment =
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*(?:@\w+(?:\([^)]*\))?\s*)*(?:export\s+)?(?:declare\s+)?(?:const\s+)?$/.exec(
      before,
    );
  return comment ? comment[1].replace(/\s*\n\s*\*?\s*/g, " ").trim() : "";
}

function describeFunction(name, f, declaration) {
  const { signature } = f;
  return {
    name,
    from: f.internalName,
    parameters: signature.parameterTypes.map((type, k) => ({ name: f.getParameterName(k), type: String(type) })),
    result: String(signature.returnType),
    comment: commentOf(declaration),
  };
}

export default class extends Transform {
  afterCompile() {
    const { filesByName, moduleImports } = this.program;
    const entries = [];
    for (const [path, file] of filesByName) {
      if (file.source.sourceKind !== ENTRY || path.startsWith("~lib/")) continue;
      const functions = [];
      const globals = [];
      for (const [name, element] of file.exports ?? []) {
        if (element.kind === FUNCTION_PROTOTYPE) {
          const [f] = element.instances?.values() ?? [];
          functions.push(describeFunction(name, f, element.declaration));
        } else if (element.kind === GLOBAL) {
          const { internalName, type, declaration } = element;
          globals.push({ name, from: internalName, type: String(type), comment: commentOf(declaration) });
        }
      }
      entries.push({ path, functions, globals });
    }
    const imports = [];
    for (const [name, f] of moduleImports.get("host") ?? []) {
      if (f.signature) imports.push(describeFunction(name, f, f.declaration));
    }
    this.writeFile(process.env.PROTOCOL_FILE, JSON.stringify({ entries, imports }), ".");
  }
}
