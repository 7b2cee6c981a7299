/** Checked by the compiler alone. */
import type {
  D1Database,
  ExportedHandlerQueueHandler,
  KVNamespace,
  Queue,
  R2Bucket,
} from "@cloudflare/workers-types";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { handOff, type Worker } from "@mintfax-webhooks/queue";
import { cloudflareConsumer, cloudflareParked, cloudflareQueue } from "@mintfax-webhooks/queue/cloudflare";
import type { Context } from "hono";

interface Env {
  readonly FAX_QUEUE: Queue;
  readonly DB: D1Database;
  readonly R2: R2Bucket;
  readonly KV: KVNamespace;
}
type Bindings = { Bindings: Env };
declare const env: Env;
declare const worker: Worker;

// Cloudflare's own types fit.
cloudflareQueue(env.FAX_QUEUE);
cloudflareQueue(env.FAX_QUEUE, { largeBodies: env.R2 });
cloudflareQueue(env.FAX_QUEUE, { largeBodies: env.KV });
cloudflareParked(env.DB, env.FAX_QUEUE, { largeBodies: env.R2 });
cloudflareParked(env.DB.withSession("first-primary"), env.FAX_QUEUE);
cloudflareConsumer((bindings: Env) => ({
  worker,
  queue: bindings.FAX_QUEUE,
  database: bindings.DB,
})) satisfies ExportedHandlerQueueHandler<Env>;

// In one line in a receiver of Hono.
mintfaxWebhooks<Bindings>().on("*", handOff(cloudflareQueue((c: Context<Bindings>) => c.env.FAX_QUEUE)));

// @ts-expect-error a database is not a queue
cloudflareQueue(env.DB);
// @ts-expect-error a queue is not a database
cloudflareParked(env.FAX_QUEUE, env.FAX_QUEUE);
// @ts-expect-error without a database for what is parked
cloudflareConsumer({ worker, queue: env.FAX_QUEUE });
// @ts-expect-error the context's type has to be said
cloudflareQueue((c) => c.env.FAX_QUEUE);
