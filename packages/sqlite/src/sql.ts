/** The table and the statements, for stores on SQLite that are reached in another way, such as Cloudflare's D1. */

export { tableColumns, tableFinding } from "./check/table.ts";
export { inspectionFrom } from "./inspection.ts";
export { DEDUP, type Schema } from "./schema.ts";
export { CLAIM, COMPLETE, DELETE_EXPIRED, FORGET, INSPECT, RELEASE, RENEW, STATE } from "./statements.ts";
