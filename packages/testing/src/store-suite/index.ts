export type { LeaseStoreSuiteOptions, OpenedLeaseStore } from "./lease-options.ts";
export { leaseStoreSuite } from "./lease-suite.ts";
export type { OpenOptions, StoreCase, StoreSuite } from "./suite.ts";
export type { OpenedTransactionalStore, TransactionalStoreSuiteOptions } from "./transactional-options.ts";
export { transactionalStoreSuite } from "./transactional-suite.ts";
