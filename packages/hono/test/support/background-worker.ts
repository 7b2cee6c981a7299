/** A Worker whose handler and store ask a server of the test before they go on. */
import { createMemoryStore, mintfaxWebhooks } from "@mintfax-webhooks/hono";
import { Hono } from "hono";

type Bindings = { MINTFAX_WEBHOOK_SECRET: string; TEST_SERVER: string };

const memory = createMemoryStore();

async function ask(server: string, question: string): Promise<void> {
  const { status } = await fetch(new URL(question, server));
  if (status !== 200) throw new Error(`The test answered ${question} with ${status}.`);
}

const webhooks = mintfaxWebhooks<{ Bindings: Bindings }>(({ env }) => ({
  secret: env.MINTFAX_WEBHOOK_SECRET,
  deadlineMs: 100,
  store: {
    kind: "lease",
    claim: memory.claim.bind(memory),
    renew: memory.renew.bind(memory),
    release: memory.release.bind(memory),
    forget: memory.forget.bind(memory),
    inspect: memory.inspect.bind(memory),
    async complete(key, holder) {
      await ask(env.TEST_SERVER, "/complete");
      const settlement = await memory.complete(key, holder);
      await ask(env.TEST_SERVER, "/completed");
      return settlement;
    },
  },
}))
  .on("fax.delivered", (_, { platform }) => ask(platform.env.TEST_SERVER, "/handler"))
  .on("fax.failed", () => {});

const app: Hono<{ Bindings: Bindings }> = new Hono<{ Bindings: Bindings }>().use(webhooks);
export default app;
