/** What a process has taken from its start to where its program begins. */
export interface Started {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** So that the imports are used. */
  readonly names: number;
}

export function report(names: number): void {
  const { user, system } = process.cpuUsage();
  const started: Started = { wallMs: performance.now(), cpuMs: (user + system) / 1000, names };
  process.stdout.write(JSON.stringify(started));
}
