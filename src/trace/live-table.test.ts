// The table of live blocks, compared with a Map.

import { expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { LiveTable, MOST_ACCOUNTS, MOST_BIRTHS } from "./live-table.js";

it("the table of live blocks is a map by address, with births of 41 bits", () => {
  const random = randomIntegers(11);
  const table = new LiveTable();
  const model = new Map<number, { account: number; size: number; birth: number }>();
  for (let step = 0; step < 30_000; step++) {
    const address = (8 * (1 + random(4000)) + (random(2) === 0 ? 0 : 0xffff_0000 - 40_000)) >>> 0;
    expect(table.find(address)).toBe(model.has(address));
    expect(table.find(address + 4)).toBe(false);
    if (random(3) === 0) {
      expect(table.remove(address)).toBe(model.delete(address));
    } else if (!model.has(address) || random(3) === 0) {
      const account = random(4) === 0 ? MOST_ACCOUNTS - 1 : random(1000);
      const birth = random(4) === 0 ? MOST_BIRTHS - 1 - step : random(300) * 2 ** 32 + step;
      const before = model.get(address);
      model.set(address, { account, size: 2 ** 32 - 1 - step, birth });
      expect(table.add(address, account, 2 ** 32 - 1 - step, birth)).toBe(before !== undefined);
      if (before) expect({ account: table.account, size: table.size, birth: table.birth }).toEqual(before);
    } else {
      const { account, size, birth } = table;
      expect({ account, size, birth }).toEqual(model.get(address));
    }
    expect(table.count).toBe(model.size);
  }
  const seen = new Map<number, unknown>();
  table.forEach((account, size, birth, address) => void seen.set(address, { account, size, birth }));
  expect(seen).toEqual(model);
});
