import { type CheckFinding, clockFinding, inWords } from "@mintfax-webhooks/core/store";
import { DEDUP, tableColumns, tableFinding } from "@mintfax-webhooks/sqlite/sql";

export const D1_LOOK: string = `SELECT ${tableColumns(DEDUP)}`;

const MIGRATE =
  "Run npx wrangler d1 execute <database> --remote --file node_modules/@mintfax-webhooks/cloudflare/d1.sql (--local for " +
  "wrangler dev), or call migrate() of the store.";

/** One statement. Never rejects. @param look runs {@link D1_LOOK} and resolves with its row */
export async function checkD1(look: () => Promise<unknown>): Promise<readonly CheckFinding[]> {
  const about = { code: "d1_reachable", level: "error" } as const;
  const askedMs = Date.now();
  try {
    const row = Object(await look()) as Readonly<Record<string, unknown>>;
    const reading = { askedMs, answeredMs: Date.now(), serverMs: Number(row.now_ms) };
    return [
      { ...about, ok: true, message: "The D1 database answers the store's statements." },
      tableFinding("d1_table", row, DEDUP, MIGRATE),
      clockFinding("D1", reading),
    ];
  } catch (error) {
    return [{ ...about, ok: false, message: inWords(error) }];
  }
}
