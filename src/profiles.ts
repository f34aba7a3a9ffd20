// pyheap/profiles: a heap that is sampled as long as the program runs, and its figures as metrics. It needs nothing that
// only Node has, so it works in a page.

export {
  ContinuousProfile,
  difference,
  type HeapProfile,
  type ProfiledHeap,
  type SamplingOptions,
  type StackSums,
} from "./profiles/continuous.js";
export {
  HeapMetrics,
  type MeasuredHeap,
  type Metric,
  type MetricKind,
  type MetricPoint,
  type MetricUnit,
  prometheusName,
  prometheusText,
} from "./profiles/metrics.js";
export { pprofOf, type ShownFirst } from "./profiles/pprof.js";
export { type ProfilePusher, type PushOptions, pushProfiles } from "./profiles/push.js";
