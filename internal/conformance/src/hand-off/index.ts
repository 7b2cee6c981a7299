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

/** What every engine does. */
export interface HandOffSuite {
  readonly cases: readonly { readonly name: string; run(): Promise<void> }[];
  /** Why cases are left out, each reason once. */
  readonly skipped: readonly string[];
}

/**
 * The cases of an engine. To be run one after another: some stop its server.
 *
 * @example
 * ```ts
 * const { cases, skipped } = handOffSuite(PG_BOSS);
 * test.each(cases)("$name", ({ run }) => run());
 * test("nothing is left out", () => expect(skipped).toEqual([]));
 * ```
 */
export function handOffSuite(engine: HandOffEngine): HandOffSuite {
  const cases: HandOffSuite["cases"][number][] = [];
  const skipped = new Set<string>();
  for (const { name, run, missing } of CASES) {
    const why = missing(engine);
    if (why === undefined) cases.push({ name, run: () => run(engine) });
    else skipped.add(why);
  }
  return { cases, skipped: [...skipped] };
}
