// Objects on AssemblyScript's own collector: its incremental runtime, which frees objects in steps while others are
// made.

class Node {
  constructor(
    public value: Node | null,
    public left: Node | null,
    public right: Node | null,
  ) {}
}

let last: Node | null = null;

/**
 * `n` times: makes an object with three fields, and drops the one before. The measured time includes collecting them.
 */
export function managedObjects(n: u32): void {
  for (let k: u32 = 0; k < n; k++) last = new Node(null, null, null);
  last = null;
  __collect();
}
