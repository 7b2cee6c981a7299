import { cloudflareParked } from "@mintfax-webhooks/queue/cloudflare";
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { bindings } from "./bindings.ts";

const { DB, FAX_QUEUE, OPERATOR_TOKEN } = bindings;
const parked = cloudflareParked(DB, FAX_QUEUE);

/** For a person who decides: `curl -H "Authorization: Bearer $OPERATOR_TOKEN" https://.../parked` */
export const parkedRoutes: Hono = new Hono();
parkedRoutes.use(bearerAuth({ token: OPERATOR_TOKEN }));
parkedRoutes.get("/", async (c) => c.json(await parked.list()));
parkedRoutes.post("/:key/retry", async (c) => c.json({ retried: await parked.retry(c.req.param("key")) }));
parkedRoutes.delete("/:key", async (c) => c.json({ dropped: await parked.drop(c.req.param("key")) }));
