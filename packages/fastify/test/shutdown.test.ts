import { createShutdown, mintfaxWebhooks } from "@mintfax-webhooks/fastify";
import { SECRET, testShutdown } from "conformance/shutdown-contract";
import Fastify from "fastify";

testShutdown("Fastify", {
  createShutdown,
  async serve(work) {
    const webhooks = mintfaxWebhooks({ secret: SECRET, onOutcome: () => {} }).on("*", work);
    const app = Fastify();
    await app.register(webhooks).ready();
    return { server: app.server, webhooks };
  },
});
