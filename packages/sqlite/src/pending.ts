import { type PendingClaim, withinLimit } from "@mintfax-webhooks/core/store";
import type { Connection, Row } from "./connection.ts";
import { storeErrorFrom, unanswered, unknownAnswer } from "./errors.ts";
import { inspectionFrom } from "./inspection.ts";
import { PENDING } from "./statements.ts";

/** The oldest ones. So many claims at once are not a matter of single ids. */
const MOST = 10_000;

/** Reads the whole table, without the write lock, so that no claim waits for it. */
export async function* pendingClaims(
  connection: Connection,
  timeoutMs: number,
  namespace = "",
): AsyncIterable<PendingClaim> {
  let rows: readonly Row[];
  try {
    const read = async (): Promise<readonly Row[]> => {
      await connection.prepare();
      return connection.read({ sql: PENDING, values: [namespace, MOST] });
    };
    rows = await withinLimit(read(), timeoutMs, () => unanswered(timeoutMs));
    if (!Array.isArray(rows)) throw unknownAnswer();
  } catch (error) {
    throw storeErrorFrom(error);
  }
  for (const row of rows) {
    const inspection = inspectionFrom(row);
    const { namespace, id } = row;
    if (inspection?.state !== "pending" || typeof namespace !== "string" || typeof id !== "string") {
      throw unknownAnswer();
    }
    const { state: _, ...claim } = inspection;
    yield { key: { namespace, id }, ...claim };
  }
}
