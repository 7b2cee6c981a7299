export { createFaxWatch, type FaxWatchOptions, type MysqlFaxWatch } from "./fax-watch/fax-watch.ts";
export { faxWatchSchema } from "./fax-watch/schema.ts";
export { createMysqlStore, type MysqlStore } from "./lease-store.ts";
export type { MysqlOperations } from "./operations.ts";
export type { MysqlStoreOptions } from "./options.ts";
export type { MysqlConnection, MysqlPool, MysqlTransaction } from "./pool.ts";
export { mysqlSchema } from "./schema.ts";
export { createMysqlTransactionalStore, type MysqlTransactionalStore } from "./transactional-store.ts";
export type { MysqlUpkeep } from "./upkeep.ts";
