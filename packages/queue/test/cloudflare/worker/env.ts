import type { D1Database, Fetcher, KVNamespace, Queue, R2Bucket } from "@cloudflare/workers-types";

/** The bindings of the test Worker: of Cloudflare's own types, so that the compiler sees that they fit. */
export interface Env {
  readonly MINTFAX_WEBHOOK_SECRET: string;
  readonly FAX_BODIES: R2Bucket;
  readonly FAX_BODIES_KV: KVNamespace;
  /** Without tables. */
  readonly EMPTY_DB: D1Database;
  /** The test, in Node. */
  readonly TEST: Fetcher;
  /** The first queue and its database, for receivers. */
  readonly QUEUE_0: Queue;
  readonly DB_0: D1Database;
}

/** Each queue has a database of its own. */
export function placeOf(index: number, env: Env): { readonly queue: Queue; readonly database: D1Database } {
  const bindings = env as unknown as Record<string, unknown>;
  return { queue: bindings[`QUEUE_${index}`] as Queue, database: bindings[`DB_${index}`] as D1Database };
}
