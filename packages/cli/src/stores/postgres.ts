import { createPostgresStore } from "@mintfax-webhooks/postgres";
import { installed } from "../installed.ts";
import type { StoreAddress } from "./address.ts";
import { CALL_LIMIT_MS, CONNECT_LIMIT_MS, type OpenStore } from "./open-store.ts";

/** To list claims, the whole table is read. */
const QUERY_LIMIT_MS = 60_000;

/** Also the table of a same-transaction store: both kinds have the same one. */
export async function openPostgresStore({
  url,
  table,
  schema,
}: Extract<StoreAddress, { readonly kind: "postgres" }>): Promise<OpenStore> {
  const { default: pg } = await installed("pg", () => import("pg"));
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "mintfax-webhooks",
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    query_timeout: QUERY_LIMIT_MS,
    max: 1,
  }).on("error", ignore);
  const store = createPostgresStore({
    pool,
    timeoutMs: CALL_LIMIT_MS,
    ...(table !== undefined && { table }),
    ...(schema !== undefined && { schema }),
  });
  const name = `${schema === undefined ? "" : `${schema}.`}${table ?? "mintfax_webhooks"}`;
  return { store, name: `PostgreSQL, ${name}`, close: () => pool.end() };
}

/** A lost connection makes the call fail that needs it. */
function ignore(): void {}
