import type { HandOffCase } from "./case.ts";
import { HANDING_OFF_CASES } from "./cases/handing-off.ts";
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

const CASES: readonly HandOffCase[] = [...HANDING_OFF_CASES];

/** What every engine does, and which cases it cannot have, with the reason. */
export interface HandOffSuite {
  readonly cases: readonly { readonly name: string; run(): Promise<void> }[];
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
  const skipped: string[] = [];
  for (const { name, run, missing } of CASES) {
    const why = missing(engine);
    if (why === undefined) cases.push({ name, run: () => run(engine) });
    else skipped.push(`${name} (${why})`);
  }
  return { cases, skipped };
}
