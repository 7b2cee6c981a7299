import type { HandOffCase } from "./case.ts";
import { BODY_CASES } from "./cases/bodies.ts";
import { COPIES_CASES } from "./cases/copies.ts";
import { HANDING_OFF_CASES } from "./cases/handing-off.ts";
import { OUTAGE_CASES } from "./cases/outages.ts";
import { PARKING_CASES } from "./cases/parking.ts";
import { SEALING_CASES } from "./cases/sealing.ts";
import { SET_UP_CASES } from "./cases/set-up.ts";
import { TRANSACTION_CASES } from "./cases/transactions.ts";
import { WORKING_CASES } from "./cases/working.ts";
import type { HandOffEngine } from "./engine.ts";

export type {
  Connection,
  EngineServer,
  HandOffEngine,
  OpenEngine,
  OpenOptions,
  OpenTransactional,
  RunningWorker,
  WorkerSetup,
} from "./engine.ts";

const CASES: readonly HandOffCase[] = [
  ...SET_UP_CASES,
  ...HANDING_OFF_CASES,
  ...COPIES_CASES,
  ...WORKING_CASES,
  ...PARKING_CASES,
  ...SEALING_CASES,
  ...BODY_CASES,
  ...TRANSACTION_CASES,
  ...OUTAGE_CASES,
];

/** What sets an engine apart: acknowledgement, transactions, and a server that is stopped. */
const SOME_CASES: readonly HandOffCase[] = [...HANDING_OFF_CASES, ...TRANSACTION_CASES, ...OUTAGE_CASES];

/** What every engine does. */
export interface HandOffSuite {
  readonly cases: readonly { readonly name: string; run(): Promise<void> }[];
  /** Why an engine cannot have some of all cases, each reason once. */
  readonly skipped: readonly string[];
}

/**
 * The cases of an engine. To be run one after another: some stop its server.
 *
 * @param size `"some"` leaves the rest to another engine of the same run
 *
 * @example
 * ```ts
 * const { cases, skipped } = handOffSuite(PG_BOSS, "all");
 * test.each(cases)("$name", ({ run }) => run());
 * test("nothing is left out", () => expect(skipped).toEqual([]));
 * ```
 */
export function handOffSuite(engine: HandOffEngine, size: "some" | "all"): HandOffSuite {
  const cases: HandOffSuite["cases"][number][] = [];
  const skipped = new Set<string>();
  for (const one of CASES) {
    const { name, run, missing } = one;
    const why = missing(engine);
    if (why !== undefined) skipped.add(why);
    else if (size === "all" || SOME_CASES.includes(one)) cases.push({ name, run: () => run(engine) });
  }
  return { cases, skipped: [...skipped] };
}
