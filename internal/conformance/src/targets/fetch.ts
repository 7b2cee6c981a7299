import type { Server } from "node:http";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import type { AdapterTarget } from "../adapter-suite/index.ts";
import { createFetchApp } from "./fetch/fetch-app.ts";
import { listen } from "./support/listen.ts";
import { OLDEST, startInWorkerd } from "./support/workerd.ts";

export const FETCH_ON_NODE: AdapterTarget = {
  name: "fetch handler on Node",
  start() {
    const { fetch, suite } = createFetchApp();
    return listen(
      createAdaptorServer({ fetch: (request) => fetch(request) }) as Server,
      suite,
      "a Request of @hono/node-server",
    );
  },
};

export const FETCH_IN_WORKERD: AdapterTarget = {
  name: "fetch handler in workerd",
  start: () => startInWorkerd(join(import.meta.dirname, "fetch/fetch-worker.ts")),
};

export const FETCH_IN_OLDEST_WORKERD: AdapterTarget = {
  name: `fetch handler in workerd of ${OLDEST.compatibilityDate}`,
  start: () => startInWorkerd(join(import.meta.dirname, "fetch/fetch-worker.ts"), {}, OLDEST),
};
