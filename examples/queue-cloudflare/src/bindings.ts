import { env } from "cloudflare:workers";
import type { D1Database, Queue } from "@cloudflare/workers-types";

/** Or the types that `wrangler types` writes. */
export interface Bindings {
  readonly MINTFAX_WEBHOOK_SECRET: string;
  /** Seals what the queue holds. Make one with: openssl rand -base64 32 */
  readonly QUEUE_KEY: string;
  /** What a person shows to see and retry what is parked. */
  readonly OPERATOR_TOKEN: string;
  readonly FAX_QUEUE: Queue;
  readonly DB: D1Database;
}

export const bindings: Bindings = env as unknown as Bindings;
