export type { LibsqlClient, SynchronousDatabase } from "./drivers/clients.ts";
export { createSqliteStore, type SqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";
