/** A whole server that knows nothing of Hono, as a Worker that mounts it: Hono calls it with `(request, env, ctx)`. */
import { Hono } from "hono";
import { createFetchApp } from "../fetch/fetch-app.ts";

const app: Hono = new Hono().mount("/", createFetchApp().fetch);
export default app;
