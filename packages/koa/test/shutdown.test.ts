import { createServer } from "node:http";
import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/koa";
import Koa from "koa";
import { SECRET, testShutdown } from "../../../test/support/shutdown-contract.ts";

testShutdown("Koa", {
  createShutdown,
  serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    return { server: createServer(new Koa().use(webhooks).callback()), webhooks };
  },
});
