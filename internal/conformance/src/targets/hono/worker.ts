/** The server under test as a Worker. */
import type { Hono } from "hono";
import { createHonoApp } from "./app.ts";

const app: Hono = createHonoApp().app;
export default app;
