/** Makes or updates all tables and queues. Run it in your deployment, before the new web and worker processes. */
import { createPostgresTransactionalStore } from "@mintfax-webhooks/postgres";
import { createPgBossQueues } from "@mintfax-webhooks/queue/pg-boss";
import { openBoss, pool } from "./database.ts";
import { createOrders } from "./orders.ts";

const boss = openBoss({ supervise: false });
await boss.start();
await createPgBossQueues(boss);
await createPostgresTransactionalStore({ pool }).migrate();
await createOrders(pool);
await boss.stop();
await pool.end();
