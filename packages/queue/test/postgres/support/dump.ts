import type { Pool } from "pg";

/** All rows of all tables of a schema, as JSON. */
export async function dump(pool: Pool, schema: string): Promise<string> {
  const tables = await pool.query(
    `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}'`,
  );
  const texts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await pool.query(`SELECT row_to_json(kept)::text AS text FROM ${name} AS kept`);
    texts.push(...rows.map(({ text }) => text));
  }
  return texts.join("\n");
}
