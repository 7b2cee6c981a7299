import { percentiles } from "../stats/summary.ts";

/** What many of something took. */
export interface Taken {
  readonly perSecond: number;
  /** User and system time of this process for each. */
  readonly cpuMicros: number;
}

/** Does `act` for every number below `count`, by default with as many in flight as a busy server has. */
export async function inFlight(
  count: number,
  act: (n: number) => Promise<unknown>,
  atOnce: number = 32,
): Promise<Taken> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  const startMs = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const { user, system } = process.cpuUsage(before);
  return {
    perSecond: (count / (performance.now() - startMs)) * 1000,
    cpuMicros: (user + system) / count,
  };
}

/** What many of something took, and how long one of two calls took by itself. */
export interface TimedTaken extends Taken {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** As {@link inFlight}, with `act` timing what it wants to be timed. */
export async function timedInFlight(
  count: number,
  act: (n: number, timed: <T>(call: PromiseLike<T> | T) => Promise<T>) => Promise<unknown>,
  atOnce: number,
): Promise<TimedTaken> {
  const tookMs = new Float64Array(count);
  let noted = 0;
  const timed = async <T>(call: PromiseLike<T> | T): Promise<T> => {
    const startMs = performance.now();
    const answer = await call;
    tookMs[noted++] = performance.now() - startMs;
    return answer;
  };
  const taken = await inFlight(count, (n) => act(n, timed), atOnce);
  const [p50Ms = Number.NaN, p99Ms = Number.NaN] = percentiles(tookMs.subarray(0, noted), [0.5, 0.99]);
  return { ...taken, p50Ms, p99Ms };
}
