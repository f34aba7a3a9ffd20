// Objects on AssemblyScript's own collector (its incremental runtime, which frees them in steps while others are made).

class Node {
  constructor(
    public value: Node | null,
    public left: Node | null,
    public right: Node | null,
  ) {}
}

let last: Node | null = null;

/** `n` times: an object with three fields is made, and the one before it let go. Garbage of all is collected in the time that is measured. */
export function managedObjects(n: u32): void {
  for (let k: u32 = 0; k < n; k++) last = new Node(null, null, null);
  last = null;
  __collect();
}
