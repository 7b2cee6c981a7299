import { createPostgresStore } from "@mintfax-webhooks/postgres";
import type { Pool } from "pg";
import { OWNER } from "../lease-calls.ts";

/** A table that remembers so many ids already, as it does after some weeks. */
export async function filledTable(pool: Pool, ids: number): Promise<string> {
  const table = `of_${ids}`;
  await createPostgresStore({ pool, table }).migrate();
  await pool.query(
    `INSERT INTO ${table} (fence, until, namespace, id, state, owner)
     SELECT 1, now() + n * interval '1 ms' + interval '1 d', 'mintfax', 'evt_' || left(md5(n::text), 22), 'done', '${OWNER}.' || n
     FROM generate_series(1, ${ids}) AS n`,
  );
  await pool.query(`VACUUM (ANALYZE) ${table}`);
  return table;
}
