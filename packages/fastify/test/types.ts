/** Checked by the compiler alone. */
import { createMemoryStore, mintfaxWebhooks, type TransactionalStore } from "@mintfax-webhooks/fastify";
import Fastify, { type FastifyInstance } from "fastify";

declare const sql: TransactionalStore<{ query(text: string): Promise<void> }>;

Fastify()
  .register(mintfaxWebhooks())
  .register(mintfaxWebhooks({ store: createMemoryStore() }), { prefix: "/api" });
Fastify({ http2: true }).register(mintfaxWebhooks());
Fastify({ logger: { level: "warn" } }).register(mintfaxWebhooks()) satisfies PromiseLike<unknown>;

const { handler } = mintfaxWebhooks();
Fastify().post<{ Params: { tenant: string } }>("/of/:tenant", { onRequest: handler }, handler);

mintfaxWebhooks({ secret: ({ platform }) => (platform.params as { tenant: string }).tenant }).on(
  "fax.failed",
  ({ data: { object: fax } }, { platform }) => {
    platform.ip satisfies string;
    platform.server satisfies FastifyInstance;
    platform.log.info(fax.error_code satisfies string);
  },
);

mintfaxWebhooks({ store: sql }).on("*", (_, { tx }) => tx.query("..."));
// @ts-expect-error the default store has no transaction
mintfaxWebhooks().on("*", (_, { tx }) => tx);
// @ts-expect-error no such event
mintfaxWebhooks().on("fax.sent", () => {});

// @ts-expect-error the parentheses are missing
Fastify().register(mintfaxWebhooks);
// @ts-expect-error here too
Fastify().post("/path", mintfaxWebhooks);
// @ts-expect-error a plugin is not a hook
Fastify().post("/path", { onRequest: mintfaxWebhooks() }, () => {});
