import type { D1Database, Fetcher, KVNamespace, Queue, R2Bucket } from "@cloudflare/workers-types";

/** The bindings of the test Worker: of Cloudflare's own types, so that the compiler sees that they fit. */
export interface Env {
  readonly MINTFAX_WEBHOOK_SECRET: string;
  readonly FAX_QUEUE: Queue;
  readonly DB: D1Database;
  /** Without tables. */
  readonly EMPTY_DB: D1Database;
  readonly FAX_BODIES: R2Bucket;
  readonly FAX_BODIES_KV: KVNamespace;
  /** The test, in Node. */
  readonly TEST: Fetcher;
}
