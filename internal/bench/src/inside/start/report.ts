/** What a process has taken from its start to where its program begins. */
export interface Started {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** For the imports to be of use to somebody. */
  readonly names: number;
}

export function report(names: number): void {
  const { user, system } = process.cpuUsage();
  const started: Started = { wallMs: performance.now(), cpuMs: (user + system) / 1000, names };
  process.stdout.write(JSON.stringify(started));
}
