// pyheap/vitest: matchers for tests, in vitest and jest.

export {
  type HeapMatchers,
  type HeldProxy,
  heapMatchers,
  type LeaveOptions,
  type MatcherResult,
  type Size,
  type TestedHeap,
  type WatchedProxies,
} from "./testing/matchers.js";
