import { Hono } from "hono";
import { PATH } from "../terms.ts";

/** The least that Hono can do with a delivery. */
const app: Hono = new Hono();
app.post(PATH, async (c) => c.text((await c.req.text()) === "" ? "empty" : "ok"));
export default app;
