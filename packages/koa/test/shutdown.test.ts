import { createServer } from "node:http";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/koa";
import { SECRET, testShutdown } from "conformance/shutdown-contract";
import Koa from "koa";

testShutdown("Koa", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createServer(new Koa().use(webhooks).callback()), webhooks };
  },
});
