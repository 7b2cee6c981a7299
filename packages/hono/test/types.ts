/** Checked by the compiler alone. */
import { createMemoryStore, mintfaxWebhooks, type TransactionalStore } from "@mintfax-webhooks/hono";
import { type Context, Hono } from "hono";

type Bindings = { MINTFAX_WEBHOOK_SECRET: string; DB: { query(text: string): Promise<void> } };
type Variables = { tenant: string };
type App = { Bindings: Bindings; Variables: Variables };

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

// Without type arguments it fits every app.
new Hono().use(mintfaxWebhooks()).post("/path", mintfaxWebhooks().handler);
new Hono<App>().use(mintfaxWebhooks()).post("/path", mintfaxWebhooks().handler);
new Hono<App>().route("/api", new Hono().use("/fax/*", mintfaxWebhooks({ store: createMemoryStore() })));

// With the app's environment, bindings and variables are typed.
const typed = mintfaxWebhooks<App>((c) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET })).on(
  "fax.failed",
  async ({ data: { object: fax } }, { platform }) => {
    fax.error_code satisfies string;
    platform.get("tenant") satisfies string;
    await platform.env.DB.query("...");
    // @ts-expect-error no such binding
    platform.env.QUEUE;
  },
);
new Hono<App>().use(typed).post("/path", typed.handler);

// Both are inferred from a typed context.
mintfaxWebhooks((c: Context<App>) => ({ secret: c.env.MINTFAX_WEBHOOK_SECRET, store: sql })).on(
  "*",
  async (_, { tx, platform }) => {
    await tx.query(platform.env.MINTFAX_WEBHOOK_SECRET);
  },
);

// Secrets Store answers with a promise.
mintfaxWebhooks(async () => ({ secret: await Promise.resolve("whsec_...") }));
// @ts-expect-error a function has to say which secret
mintfaxWebhooks((_: Context<App>) => ({ store: createMemoryStore() }));

mintfaxWebhooks<App>({ secret: ({ platform }) => platform.env.MINTFAX_WEBHOOK_SECRET });
mintfaxWebhooks({ store: sql }).on("*", (_, { tx }) => tx.query("..."));
// @ts-expect-error the default store has no transaction
mintfaxWebhooks().on("*", (_, { tx }) => tx);
// @ts-expect-error no such event
mintfaxWebhooks().on("fax.sent", () => {});

// @ts-expect-error the parentheses are missing
new Hono().use(mintfaxWebhooks);
// @ts-expect-error here too
new Hono().use("/path", mintfaxWebhooks);
// @ts-expect-error and here
new Hono().post("/path", mintfaxWebhooks);
