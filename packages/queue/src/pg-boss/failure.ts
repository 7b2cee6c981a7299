import type { MintfaxWebhookError } from "@mintfax-webhooks/core/store";
import { QueueMisconfiguredError } from "../errors.ts";
import { queueFailure } from "../postgres/failure.ts";

const NO_TABLES =
  "pg-boss's tables are not in this database. Run `await boss.start()` with the right `schema`. A receiver with " +
  "createPostgresTransactionalStore() stores messages through its own connection, so its database has to be pg-boss's.";
const NO_QUEUE = (name: string): string =>
  `pg-boss has no queue ${name}. Run \`await createPgBossQueues(boss)\` of @mintfax-webhooks/queue/pg-boss, with the same \`name\`.`;

/** What pg-boss has rejected with, without what it may quote of a message. */
export function failureOf(error: unknown, name: string): MintfaxWebhookError {
  const message = error instanceof Error ? error.message : "";
  if (/^Queue \S+ does not exist/.test(message)) return new QueueMisconfiguredError(NO_QUEUE(name));
  if (NOT_STARTED.test(message)) {
    return new QueueMisconfiguredError(
      "pg-boss is not started, or was stopped. Run `await boss.start()` before deliveries arrive, and stop it after the receiver has drained.",
    );
  }
  return queueFailure(error, "pg-boss", {
    "42P01": NO_TABLES,
    "3F000": NO_TABLES,
    "42883": NO_TABLES,
    "42501":
      "The database role lacks rights on pg-boss's tables. GRANT USAGE on its schema, and SELECT, INSERT, UPDATE, DELETE on ALL TABLES in it.",
    "23503": NO_QUEUE(name),
  });
}

/** pg-boss's own words for it, by version; the older ones run into an undefined value. */
const NOT_STARTED =
  /^(?:Database not opened|Database connection is not opened|Queue cache is not initialized|Cannot read properties of null|Cannot destructure property 'rows')/;
