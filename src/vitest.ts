// pyheap/vitest: matchers for tests, in vitest and jest.

export {
  type HeapMatchers,
  heapMatchers,
  type LeaveOptions,
  type MatcherResult,
  type Size,
  type TestedHeap,
} from "./testing/matchers.js";
