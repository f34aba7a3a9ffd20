// Things that arrive are given in order, whether somebody already waits for them or not.

import { expect, it } from "vitest";
import { Arrivals } from "./arrivals.js";

it("gives everything that arrives, before and while somebody waits, in order and to the end", async () => {
  const arrivals = new Arrivals<number>();
  arrivals.push(1);
  arrivals.push(2);
  const taken: number[] = [];
  const taking = (async () => {
    for await (const thing of arrivals) taken.push(thing);
  })();
  await new Promise((done) => setTimeout(done));
  expect(taken).toEqual([1, 2]);
  arrivals.push(3);
  arrivals.end();
  await taking;
  expect(taken).toEqual([1, 2, 3]);
});

it("fails after what has arrived", async () => {
  const arrivals = new Arrivals<string>();
  arrivals.push("a");
  arrivals.fail(new Error("gone"));
  const taken: string[] = [];
  const take = async () => {
    for await (const thing of arrivals) taken.push(thing);
  };
  await expect(take()).rejects.toThrow("gone");
  expect(taken).toEqual(["a"]);
});
