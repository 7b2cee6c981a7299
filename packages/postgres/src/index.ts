export type { PostgresDatabase, PostgresOpaqueDatabase, PostgresPoolDatabase } from "./database.ts";
export { createPostgresStore, type PostgresStore } from "./lease-store.ts";
export type { PostgresStoreOptions } from "./options.ts";
export type { ClientOf, PostgresClient, PostgresPool } from "./pool.ts";
export { postgresSchema } from "./schema.ts";
export type { TableOptions } from "./table.ts";
export { createPostgresTransactionalStore, type PostgresTransactionalStore } from "./transactional-store.ts";
export type { PostgresUpkeep } from "./upkeep.ts";
