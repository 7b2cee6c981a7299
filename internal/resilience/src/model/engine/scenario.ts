import type { Random } from "test-support/random";

/** What may go wrong in one interleaving. Each is in or out by a toss, so that rare combinations get their turn. */
export const TROUBLES = [
  "refused calls",
  "lost requests",
  "lost answers",
  "failures after the effect",
  "slow calls",
  "outages",
  "crashes",
  "pauses",
  "wrong wall clocks",
  "a store that loses everything",
  "operators who forget",
  "failing handlers",
  "long handlers",
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** How the sender sends: as mintfax does, copies within moments, or attempts all over the time. */
export type Cadence = "mintfax" | "burst" | "dense";

export interface Scenario {
  readonly processes: number;
  readonly events: number;
  readonly cadence: Cadence;
  readonly deadlineMs: number;
  readonly leaseMs: number;
  /** From here on nothing goes wrong any more, and each event that has not been acknowledged is sent until it is. */
  readonly horizonMs: number;
  /** The store answers without a promise, as the memory store does. */
  readonly synchronous: boolean;
  readonly troubles: ReadonlySet<Trouble>;
  /** How many of the calls to the store go wrong. */
  readonly faultRate: number;
}

const TIMINGS = [
  { deadlineMs: 25_000, leaseMs: 45_000 },
  { deadlineMs: 25_000, leaseMs: 90_000 },
  { deadlineMs: 5_000, leaseMs: 15_000 },
  { deadlineMs: 1_000, leaseMs: 11_000 },
  { deadlineMs: 79_000, leaseMs: 89_000 },
] as const;

export function drawScenario(random: Random): Scenario {
  const cadence = random.pick<Cadence>(["mintfax", "burst", "dense", "dense"]);
  const eagerness = random.pick([0.1, 0.3, 0.5]);
  return {
    processes: random.between(1, 3),
    events: random.pick([1, 1, 2]),
    cadence,
    ...random.pick([TIMINGS[0], TIMINGS[0], ...TIMINGS]),
    horizonMs: cadence === "mintfax" ? 1_200_000 : 150_000,
    synchronous: random.chance(0.1),
    troubles: new Set(TROUBLES.filter(() => random.chance(eagerness))),
    faultRate: random.pick([0.05, 0.2, 0.5]),
  };
}
