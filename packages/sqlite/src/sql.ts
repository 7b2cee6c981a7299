/** The table and the statements, for stores on SQLite that are reached in another way, such as Cloudflare's D1. */
export { DEDUP, type Schema } from "./schema.ts";
export { CLAIM, COMPLETE, DELETE_EXPIRED, FORGET, RELEASE, RENEW, STATE } from "./statements.ts";
