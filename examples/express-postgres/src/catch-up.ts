import { setTimeout as sleep } from "node:timers/promises";
import { type CatchUp, CatchUpError } from "@mintfax-webhooks/catch-up";
import type { Pool } from "pg";

/** Any number that nothing else of this application locks. */
const LOCK = 5_151_500;
const EVERY_MS = 5 * 60_000;
/** Each run looks at the last three hours again, so that one that failed, or was killed, loses nothing. */
const SINCE_MS = 3 * 3_600_000;

/** Catches up at once, and every 5 minutes, until the signal aborts. All processes may call it: one of them runs at a time. */
export async function keepCatchingUp(
  catchUp: CatchUp,
  pool: Pool,
  signal: AbortSignal,
  print: (record: object) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const report = await alone(pool, () => catchUp.run({ since: SINCE_MS, signal }));
      if (report === undefined) print({ catchUp: "another process runs it" });
      else {
        const { complete, events, faxes, owed } = report;
        // A run of a healthy receiver repairs nothing: alert on `repaired` and `owed`.
        print({ catchUp: { complete, repaired: events.repaired, owed, missing: faxes.missing } });
      }
    } catch (error) {
      if (signal.aborted) return;
      // A revoked key, an unreachable API or database: the next run makes up for it.
      const code = error instanceof CatchUpError ? error.code : "failed";
      print({ catchUp: { error: code, message: (error as Error).message } });
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** Does the work under a lock that ends with its connection, so a process that dies leaves none. */
async function alone<T>(pool: Pool, work: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const onError = (error: Error): void => {
    failure = error;
  };
  client.on("error", onError);
  try {
    const { rows } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_lock($1) AS mine", [LOCK]);
    return rows[0]?.mine ? await work() : undefined;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK]).catch((error) => {
      failure = error;
    });
    client.off("error", onError);
    client.release(failure);
  }
}
