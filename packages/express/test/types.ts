/** Checked by the compiler alone. */
import { createMemoryStore, mintfaxWebhooks, type TransactionalStore } from "@mintfax-webhooks/express";
import express from "express";

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

express()
  .use(mintfaxWebhooks())
  .use("/prefix", mintfaxWebhooks({ store: createMemoryStore() }))
  .post("/path", mintfaxWebhooks().handler);

mintfaxWebhooks({ secret: ({ platform }) => platform.params.tenant as string }).on(
  "fax.failed",
  ({ data: { object: fax } }, { platform }) => {
    platform.ip satisfies string | undefined;
    fax.error_code satisfies string;
  },
).handler satisfies express.RequestHandler;

mintfaxWebhooks({ store: sql }).on("*", (_, { tx }) => tx.query("..."));
// @ts-expect-error the default store has no transaction
mintfaxWebhooks().on("*", (_, { tx }) => tx);
// @ts-expect-error no such event
mintfaxWebhooks().on("fax.sent", () => {});

// @ts-expect-error the parentheses are missing
express().use(mintfaxWebhooks);
// @ts-expect-error here too
express().post("/path", mintfaxWebhooks);
// @ts-expect-error and here
express.Router().use("/prefix", mintfaxWebhooks);
