// The functions on the stacks of a recording.

import { Tape } from "../trace-data.js";

export async function functionsIn(bytes: Uint8Array): Promise<string[]> {
  const tape = new Tape();
  tape.write(bytes);
  const { analysis } = await tape.analyse();
  const names = new Set<string>();
  for (let account = 0; account < analysis.accounts.length; account++) {
    for (const { function: f } of analysis.tree.stack(analysis.accounts.nodes.at(account))) names.add(f.name);
  }
  return [...names];
}
