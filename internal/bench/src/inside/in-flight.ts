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
