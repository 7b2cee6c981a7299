import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { AdapterTarget } from "../adapter-suite/index.ts";
import { createHonoApp } from "./hono/app.ts";
import { listen } from "./support/listen.ts";
import { startInWorkerd } from "./support/workerd.ts";

export const HONO_ON_NODE: AdapterTarget = {
  name: "Hono on Node",
  start() {
    const { app, suite } = createHonoApp();
    return listen(createAdaptorServer({ fetch: app.fetch }) as Server, suite, "@hono/node-server");
  },
};

export const HONO_IN_WORKERD: AdapterTarget = {
  name: "Hono in workerd",
  start: () => startInWorkerd(join(import.meta.dirname, "hono/worker.ts")),
};

export const FETCH_MOUNTED_IN_WORKERD: AdapterTarget = {
  name: "fetch handler mounted by Hono in workerd",
  start: () => startInWorkerd(join(import.meta.dirname, "hono/mounting-worker.ts")),
};
