/** Something to be done at a time, unless it is cleared first. */
export type Alarm = ReturnType<typeof setTimeout>;

/** A timer for each: on Cloudflare a timer belongs to the request that has set it, and must not serve another. */
export class Alarms {
  set(delayMs: number, ring: () => void): Alarm {
    return setTimeout(ring, delayMs);
  }

  clear(alarm: Alarm): void {
    clearTimeout(alarm);
  }

  /** There is nothing left once all are cleared. */
  stop(): void {}
}
