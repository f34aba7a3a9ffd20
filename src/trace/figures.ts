// The figures of a trace: numbers of events, allocated and live bytes, the peak.

/** Figures of the span. Bytes are requested bytes; in a sampled trace they are estimates. */
export interface Figures {
  allocations: number;
  resizes: number;
  frees: number;
  /** Frees of blocks that were there before the recording began. */
  foreignFrees: number;
  allocatedBytes: number;
  liveBytes: number;
  liveBlocks: number;
  /**
   * What was live at the peak, the moment when most was live. In a sampled trace the moment is found from exact figures
   * (core/trace/sample.ts says how), and the bytes are an estimate.
   */
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
