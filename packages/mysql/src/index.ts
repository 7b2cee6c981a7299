export { createMysqlStore, type MysqlStore } from "./lease-store.ts";
export type { MysqlOperations } from "./operations.ts";
export type { MysqlStoreOptions } from "./options.ts";
export type { MysqlConnection, MysqlPool, MysqlTransaction } from "./pool.ts";
export { mysqlSchema } from "./schema.ts";
export { createMysqlTransactionalStore, type MysqlTransactionalStore } from "./transactional-store.ts";
export type { MysqlUpkeep } from "./upkeep.ts";
