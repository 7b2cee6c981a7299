import { MintfaxWebhookError, StoreUnavailableError } from "@mintfax-webhooks/core/store";
import { explained } from "../sql-state.ts";
import type { Table } from "../table.ts";

/** What a call of the fax watch rejects with: the fix where one is known, otherwise PostgreSQL's own words as the cause. */
export function faxWatchFailure(error: unknown, table: Table): unknown {
  const known = explained(error, table);
  if (known instanceof MintfaxWebhookError) return known;
  return new StoreUnavailableError(
    "The fax watch could not run its statement in PostgreSQL; see the cause.",
    {
      cause: error,
    },
  );
}
