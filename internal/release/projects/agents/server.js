/** Does what `certify` asks of a handler, and writes with the same-transaction store. */
import { mintfaxWebhooks } from "@mintfax-webhooks/express";
import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import express from "express";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL }).on("error", console.error);
const store = createPostgresTransactionalStore({ pool });
await store.migrate();
await pool.query("CREATE TABLE effects (id text)");

const runs = new Map();
const webhooks = mintfaxWebhooks({ store }).on("*", async ({ data }, { id, tx }) => {
  const run = (runs.get(id) ?? 0) + 1;
  runs.set(id, run);
  const { certify = "" } = data.object.tags ?? {};
  await tx.query("INSERT INTO effects VALUES ($1)", [id]);
  if (certify.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 1_000));
  if (certify.includes("fail once") && run === 1) throw new Error("as asked");
});

const server = express()
  .use(webhooks)
  .get("/runs", ({ query }, response) => response.send(String(runs.get(query.id) ?? 0)))
  .get("/doubled", async (_, response) => {
    const { rows } = await pool.query("SELECT id FROM effects GROUP BY id HAVING count(*) > 1");
    response.json(rows);
  })
  .listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
