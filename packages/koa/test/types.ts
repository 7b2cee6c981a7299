/** Checked by the compiler alone. */
import { Router } from "@koa/router";
import { createMemoryStore, mintfaxWebhooks, type TransactionalStore } from "@mintfax-webhooks/koa";
import Koa from "koa";

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

new Koa().use(mintfaxWebhooks()).use(mintfaxWebhooks({ store: createMemoryStore() }));
new Koa<{ user: string }, { log(text: string): void }>().use(mintfaxWebhooks());
new Router().post("/path", mintfaxWebhooks().handler);

mintfaxWebhooks({ secret: ({ platform }) => platform.state.tenant as string }).on(
  "fax.failed",
  ({ data: { object: fax } }, { platform }) => {
    platform.ip satisfies string;
    fax.error_code satisfies string;
  },
).handler satisfies Koa.Middleware;

mintfaxWebhooks({ store: sql }).on("*", (_, { tx }) => tx.query("..."));
// @ts-expect-error the default store has no transaction
mintfaxWebhooks().on("*", (_, { tx }) => tx);
// @ts-expect-error no such event
mintfaxWebhooks().on("fax.sent", () => {});

// Mounting it leaves the app's own types alone.
const app = new Koa<{ user: string }, { log(text: string): void }>();
app.use(mintfaxWebhooks()).use((ctx) => {
  ctx.log(ctx.state.user satisfies string);
}) satisfies typeof app;

// @ts-expect-error the parentheses are missing
new Koa().use(mintfaxWebhooks);
// @ts-expect-error here too
new Router().post("/path", mintfaxWebhooks);
