import { createD1Store } from "@mintfax-webhooks/cloudflare";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { handOff, type Queue } from "@mintfax-webhooks/queue";
import { cloudflareQueue } from "@mintfax-webhooks/queue/cloudflare";
import { type Context, Hono } from "hono";
import type { Env } from "./env.ts";

type Bindings = { Bindings: Env };
type C = Context<Bindings>;

/** A receiver for each way to give the queue, at a path of that name. */
const QUEUES: Readonly<Record<string, Queue>> = {
  "/queue": cloudflareQueue((c: C) => c.env.QUEUE_0),
  "/r2": cloudflareQueue((c: C) => c.env.QUEUE_0, { largeBodies: (c: C) => c.env.FAX_BODIES }),
  "/kv": cloudflareQueue((c: C) => c.env.QUEUE_0, { largeBodies: (c: C) => c.env.FAX_BODIES_KV }),
  "/missing": cloudflareQueue((c: C) => (c.env as never as { NO_SUCH_QUEUE: never }).NO_SUCH_QUEUE),
  "/bodies-missing": cloudflareQueue((c: C) => c.env.QUEUE_0, {
    largeBodies: (c: C) => c.env.DB_0 as never,
  }),
  "/throws": cloudflareQueue({
    send() {
      throw new Error("Queue send failed: Storage Limit Exceeded");
    },
  }),
  "/silent": cloudflareQueue({ send: () => new Promise(() => {}) }),
};

export const receivers: Hono<Bindings> = new Hono<Bindings>();
for (const [path, queue] of Object.entries(QUEUES)) {
  const webhooks = mintfaxWebhooks<Bindings>((c) => ({
    secret: c.env.MINTFAX_WEBHOOK_SECRET,
    store: createD1Store({ database: c.env.DB_0, timeoutMs: 5_000 }),
    onOutcome(record) {
      c.executionCtx.waitUntil(tell(c.env, record));
    },
  })).on("*", handOff(queue, { timeoutMs: 500 }));
  receivers.post(path, webhooks);
}

/** Its error too, which JSON leaves out. */
function tell(env: Env, record: { readonly error?: unknown }): Promise<unknown> {
  return env.TEST.fetch("http://test/outcome", {
    method: "POST",
    body: JSON.stringify({ ...record, cause: String(record.error) }),
  });
}
