import { DEDUP } from "@mintfax-webhooks/sqlite/sql";

/**
 * The table of the D1 store as SQL, for your own migrations. The package has it as the file `d1.sql` too:
 *
 *     npx wrangler d1 execute DB --remote --file node_modules/@mintfax-webhooks/cloudflare/d1.sql
 *
 * It can be run any number of times. Times are milliseconds since 1970, by the database's clock.
 */
export const D1_SCHEMA: string = DEDUP.statements.map((statement) => `${statement};\n`).join("\n");
