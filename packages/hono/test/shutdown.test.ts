import { createAdaptorServer } from "@hono/node-server";
import { mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { createShutdown } from "@mintfax-webhooks/hono/node";
import { SECRET, testShutdown } from "conformance/shutdown-contract";
import { Hono } from "hono";

testShutdown("Hono on Node", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createAdaptorServer({ fetch: new Hono().use(webhooks).fetch }), webhooks };
  },
});
