import type { D1Database, DurableObjectNamespace, Fetcher } from "@cloudflare/workers-types";
import type { BrokenDedup, NoSqliteDedup, OtherClass, SilentDedup, TestDedup } from "./test-dedup.ts";

/** The bindings of the test Workers: of Cloudflare's own types, so that the compiler sees that they fit. */
export interface Env {
  readonly MINTFAX_DEDUP: DurableObjectNamespace<TestDedup>;
  readonly BROKEN: DurableObjectNamespace<BrokenDedup>;
  readonly SILENT: DurableObjectNamespace<SilentDedup>;
  readonly NO_SQLITE: DurableObjectNamespace<NoSqliteDedup>;
  readonly OTHER_CLASS: DurableObjectNamespace<OtherClass>;
  readonly DB: D1Database;
  /** Without the table. */
  readonly EMPTY_DB: D1Database;
  readonly MINTFAX_WEBHOOK_SECRET: string;
  /** The test, in Node: told of every run of a handler, it answers when the handler may end. */
  readonly LEDGER: Fetcher;
  /** Which of the receivers this is. */
  readonly ISOLATE: number;
  readonly RECEIVER_0: Fetcher;
  readonly RECEIVER_1: Fetcher;
  readonly RECEIVER_2: Fetcher;
  readonly RECEIVER_3: Fetcher;
}
