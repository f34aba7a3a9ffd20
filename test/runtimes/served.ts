// Serves a heap's profiles in this process, asks for them, and prints what is wrong: nothing, if they have what is live.

import { Heap } from "pyheap";
import { serveProfiles } from "pyheap/serve";

const heap = await Heap.create();
const server = await serveProfiles(heap, { sample: 1 });
// No call is the last thing that a function does: some engines drop the caller's frame then.
function keepsBlocks(): number {
  let count = 0;
  for (; count < 50; count++) heap.malloc(1000);
  return count;
}
keepsBlocks();

const answer = await fetch(server.url("/debug/pprof/heap"));
const unpacked = (answer.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new DecompressionStream("gzip"));
const profile = await new Response(unpacked).text();
const metrics = await (await fetch(server.url("/metrics"))).text();
const refused = await fetch(`${server.origin}/metrics`);
const checks = {
  "the profile's status": answer.status === 200,
  "the function in the profile": profile.includes("keepsBlocks"),
  "the metrics": /^pyheap_memory_used_bytes\{pyheap_domain="mem"\} [5-9]\d{4}$/m.test(metrics),
  "a request without the token": refused.status === 403,
};
await refused.arrayBuffer();
server.close();
for (const [what, isRight] of Object.entries(checks)) if (!isRight) console.log(`${what}: not as expected`);
