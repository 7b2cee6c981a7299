/** Claims and completions through the lease store in MySQL. */
import type { LeaseStore } from "@mintfax-webhooks/core";
import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { createPool, type Pool } from "mysql2/promise";
import { answerQuestions } from "../processes/protocol.ts";
import type { Taken } from "./in-flight.ts";
import { type Calls, type ClaimTimes, claimsAndCompletions, claimTimes } from "./lease-calls.ts";

/** The default of `mysql2`. */
const CONNECTIONS = 10;
let pool: Pool;

answerQuestions({
  async connect({ url }: { url: string }): Promise<void> {
    pool = createPool({ uri: url, connectionLimit: CONNECTIONS });
    await createMysqlStore({ pool, table: "leases" }).migrate();
  },
  claimsAndCompletions: (calls: Calls): Promise<Taken> => claimsAndCompletions(leaseStore, calls),
  claimTimes: (calls: Calls): Promise<ClaimTimes> => claimTimes(leaseStore, calls),
});

function leaseStore(table: string): LeaseStore {
  return createMysqlStore({ pool, table, timeoutMs: 5_000 });
}
