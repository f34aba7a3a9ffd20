// What a trace comes to, as numbers.

/** Figures of the span. Bytes are what was asked for; of a sampled trace they are estimates. */
export interface Figures {
  allocations: number;
  resizes: number;
  frees: number;
  /** Frees of blocks that were there before the recording began. */
  foreignFrees: number;
  allocatedBytes: number;
  liveBytes: number;
  liveBlocks: number;
  /** The most that was live; of a sampled trace, what was live when most was, which is known exactly: sample.ts in the core says how. */
  peakBytes: number;
  peakBlocks: number;
  /** Microseconds from the start of the recording to the peak. */
  peakTime: number;
  /** The most that the platform had given. */
  reservedPeak: number;
}

export const NO_FIGURES: Readonly<Figures> = {
  allocations: 0,
  resizes: 0,
  frees: 0,
  foreignFrees: 0,
  allocatedBytes: 0,
  liveBytes: 0,
  liveBlocks: 0,
  peakBytes: 0,
  peakBlocks: 0,
  peakTime: 0,
  reservedPeak: 0,
};
