import { createMysqlStore } from "@mintfax-webhooks/mysql";
import { installed } from "../installed.ts";
import type { StoreAddress } from "./address.ts";
import { CALL_LIMIT_MS, CONNECT_LIMIT_MS, type OpenStore } from "./open-store.ts";

/** Also the table of a same-transaction store: both kinds have the same one. */
export async function openMysqlStore({
  url,
  table,
}: Extract<StoreAddress, { readonly kind: "mysql" }>): Promise<OpenStore> {
  const { createPool } = await installed("mysql2", () => import("mysql2/promise"));
  const pool = createPool({ uri: url, connectTimeout: CONNECT_LIMIT_MS, connectionLimit: 1 });
  const store = createMysqlStore({ pool, timeoutMs: CALL_LIMIT_MS, ...(table !== undefined && { table }) });
  return { store, name: `MySQL, ${table ?? "mintfax_webhooks"}`, close: () => pool.end() };
}
