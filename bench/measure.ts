// How times are compared on a noisy machine: candidates take turns, in several rounds, and medians of ratios are
// compared.

/** Something to be timed. */
export interface Candidate {
  readonly name: string;
  readonly run: () => void;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/**
 * The milliseconds for which this process has had a processor. On a shared machine, the time of other processes is not
 * included.
 */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * The milliseconds of each candidate in each round, in the order of the rounds, without the first `warmups` rounds. Each
 * round begins with another candidate, so that the garbage of one is not always collected in the time of the same other.
 */
export function interleave(
  candidates: readonly Candidate[],
  rounds: number,
  warmups: number,
  clock: () => number = () => performance.now(),
): Map<string, number[]> {
  const times = new Map(candidates.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < warmups + rounds; round++) {
    const first = round % candidates.length;
    for (const { name, run } of [...candidates.slice(first), ...candidates.slice(0, first)]) {
      const start = clock();
      run();
      if (round >= warmups) times.get(name)?.push(clock() - start);
    }
  }
  return times;
}

/** The median over the rounds of the ratio between the times of two candidates. */
export function ratio(times: ReadonlyMap<string, readonly number[]>, of: string, to: string): number {
  const others = times.get(to) ?? [];
  return median((times.get(of) ?? []).map((time, round) => time / (others[round] ?? Number.NaN)));
}
