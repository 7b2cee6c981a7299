/** A process: it can stop for a while or for good, and its wall clock can be wrong. */
export class SimulatedProcess {
  readonly name: string;
  diedMs: number = Number.POSITIVE_INFINITY;
  pausedUntilMs = 0;
  readonly pauses: { readonly fromMs: number; readonly toMs: number }[] = [];
  readonly outages: { readonly fromMs: number; readonly toMs: number; readonly hangs: boolean }[] = [];
  wallShiftMs = 0;
  /** Set and neither cleared nor gone off. */
  readonly timers: Set<object> = new Set();
  drained = false;

  constructor(name: string) {
    this.name = name;
  }

  pause(fromMs: number, toMs: number): void {
    this.pausedUntilMs = Math.max(this.pausedUntilMs, toMs);
    this.pauses.push({ fromMs, toMs });
  }

  /** For how long it stood still between two moments. */
  pausedWithin(fromMs: number, toMs: number): number {
    return this.pauses.reduce(
      (sum, pause) => sum + Math.max(0, Math.min(pause.toMs, toMs) - Math.max(pause.fromMs, fromMs)),
      0,
    );
  }
}
