// pyheap/serve: a heap's profiles and metrics over HTTP, for the engines of a fleet. For Node, Bun and Deno.

export type { ProfiledHeap, SamplingOptions } from "./profiles/continuous.js";
export type { MeasuredHeap } from "./profiles/metrics.js";
export { type ProfileServer, type ServeOptions, serveProfiles } from "./serve/profiles.js";
