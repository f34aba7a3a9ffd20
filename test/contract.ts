// The contract that every allocator and every domain keeps: the Python/C API manual, "Memory Management".

import { describe, it } from "vitest";
import { CONTRACT, type Subject } from "./contract-cases.js";

export type { Subject } from "./contract-cases.js";

/** Tests the allocator that `make` returns against the contract. */
export function describeAllocatorContract(name: string, make: () => Promise<Subject>): void {
  describe(name, () => {
    for (const { says, run } of CONTRACT) it(says, async () => run(await make()));
  });
}
