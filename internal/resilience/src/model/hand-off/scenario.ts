import type { Random } from "test-support/random";

/** What may go wrong in one interleaving. Each is in or out by a toss, so that rare combinations get their turn. */
const TROUBLES = [
  "refused calls",
  "lost requests",
  "lost answers",
  "failures after the effect",
  "slow calls",
  "outages",
  "crashes",
  "pauses",
  "jobs handed out twice",
  "failing handlers",
  "long handlers",
  "operators who replay",
  "no handler",
] as const;

export type Trouble = (typeof TROUBLES)[number];

/** How a stage deduplicates: by a lease, or in the transaction of its handler. */
export type StoreKind = "lease" | "transactional";

/** What differs between engines. */
export interface EngineKind {
  /** A job whose worker has not been heard of for so long is handed out again. */
  readonly lockMs: number;
  /** After so many attempts a job is parked. */
  readonly attempts: number;
  /** Whether a message that the engine holds already is refused as known. */
  readonly knowsIds: boolean;
  /** Whether what a worker says counts only while its job has not been handed out again. */
  readonly checksHolder: boolean;
}

export interface Scenario {
  readonly receivers: number;
  readonly workers: number;
  readonly events: number;
  readonly intake: StoreKind;
  readonly work: StoreKind;
  readonly engine: EngineKind;
  /** Of the receivers. */
  readonly deadlineMs: number;
  readonly leaseMs: number;
  /** Of the workers. */
  readonly workDeadlineMs: number;
  readonly workLeaseMs: number;
  /** From here on nothing goes wrong any more. */
  readonly horizonMs: number;
  readonly synchronous: boolean;
  readonly troubles: ReadonlySet<string>;
  /** How many of the requests to stores and engine go wrong. */
  readonly faultRate: number;
}

/** Of a weekend, and of a queue whose patience is soon used up. */
const ATTEMPTS = [2, 4, 1_000] as const;

export function drawScenario(random: Random): Scenario {
  const eagerness = random.pick([0.1, 0.3, 0.5]);
  return {
    receivers: random.between(1, 2),
    workers: random.between(1, 3),
    events: random.pick([1, 1, 2]),
    intake: random.pick(["lease", "transactional"]),
    work: random.pick(["lease", "transactional"]),
    engine: {
      lockMs: random.pick([10_000, 30_000, 300_000]),
      attempts: random.pick(ATTEMPTS),
      knowsIds: random.chance(0.7),
      checksHolder: random.chance(0.7),
    },
    deadlineMs: 25_000,
    leaseMs: 45_000,
    workDeadlineMs: random.pick([1_000, 20_000, 900_000]),
    workLeaseMs: random.pick([11_000, 60_000]),
    horizonMs: random.pick([150_000, 1_200_000]),
    synchronous: random.chance(0.1),
    troubles: new Set(TROUBLES.filter(() => random.chance(eagerness))),
    faultRate: random.pick([0.05, 0.2, 0.5]),
  };
}
