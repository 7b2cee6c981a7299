export type { LibsqlClient, SynchronousDatabase } from "./drivers/clients.ts";
export { createFaxWatch, type SqliteFaxWatch, type SqliteFaxWatchOptions } from "./fax-watch/fax-watch.ts";
export { createSqliteStore, type SqliteStore, type SqliteStoreOptions } from "./sqlite-store.ts";
