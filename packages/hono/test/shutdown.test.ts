import { createAdaptorServer } from "@hono/node-server";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { createShutdown } from "@mintfax-webhooks/hono/node";
import { Hono } from "hono";
import { SECRET, testShutdown } from "../../../test/support/shutdown-contract.ts";

testShutdown("Hono on Node", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createAdaptorServer({ fetch: new Hono().use(webhooks).fetch }), webhooks };
  },
});
