import { createSqliteStore } from "@mintfax-webhooks/sqlite";
import type { StoreAddress } from "./address.ts";
import { CALL_LIMIT_MS, type OpenStore } from "./open-store.ts";

/** A file that is there: a mistyped path must not become a new store. */
export async function openSqliteStore({
  file,
}: Extract<StoreAddress, { readonly kind: "sqlite" }>): Promise<OpenStore> {
  const store = createSqliteStore({ database: file, create: false, timeoutMs: CALL_LIMIT_MS });
  return { store, name: `SQLite, ${file}`, close: () => store.close() };
}
