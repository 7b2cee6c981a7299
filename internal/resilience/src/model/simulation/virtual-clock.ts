/** What the engine's clocks and timers show while a world is running. */
export interface Clock {
  readonly nowMs: number;
  readonly wallMs: number;
  setTimeout(act: () => void, delayMs: number): object;
  clearTimeout(timer: object): void;
}

/** A real one: between two steps of a world, everything that can go on goes on. */
const immediate = setImmediate;

/** Resolves once no promise has anything left to do. */
export function settled(): Promise<void> {
  return new Promise((resolve) => immediate(resolve));
}

let clock: Clock | undefined;

/** From now on, every clock and timer of this process is that of the world that is running. */
export function virtualise(): () => void {
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    dateNow: Date.now,
  };
  const running = (): Clock => {
    if (clock === undefined) throw new Error("a timer or a clock was used while no world was running");
    return clock;
  };
  Object.assign(globalThis, {
    setTimeout: (act: () => void, delayMs = 0) => running().setTimeout(act, delayMs),
    clearTimeout: (timer: object | undefined) => {
      if (timer !== undefined) running().clearTimeout(timer);
    },
  });
  Date.now = () => running().wallMs;
  performance.now = () => running().nowMs;
  return () => {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.dateNow;
    // The real one is its prototype's.
    delete (performance as { now?: unknown }).now;
  };
}

export function useClock(of: Clock | undefined): void {
  clock = of;
}
