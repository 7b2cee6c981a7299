/** A user's Worker: it receives deliveries, at a path for each store. */
import { env } from "cloudflare:workers";
import { createD1Store, createDurableObjectStore } from "@mintfax-webhooks/cloudflare";
import { createFetchHandler, type FetchHandler, type LeaseStore } from "@mintfax-webhooks/core";
import type { Env } from "./env.ts";
import { PATIENT } from "./stores.ts";

const bindings = env as unknown as Env;
const { ISOLATE, LEDGER, MINTFAX_WEBHOOK_SECRET: secret } = bindings;
// As long as can be: this is about claims, not about how fast the machine is.
const deadlineMs = 80_000;

const receivers: Readonly<Record<string, FetchHandler>> = {
  "/durable-object": receiver(createDurableObjectStore({ binding: bindings.MINTFAX_DEDUP, ...PATIENT })),
  "/d1": receiver(createD1Store({ database: bindings.DB, ...PATIENT })),
  "/broken": receiver(createDurableObjectStore({ binding: bindings.BROKEN })),
};

function receiver(store: LeaseStore): FetchHandler {
  return createFetchHandler({ secret, store, deadlineMs, onOutcome() {} }).on(
    "*",
    async ({ id }, { fence }) => {
      await LEDGER.fetch("http://ledger/run", {
        method: "POST",
        body: JSON.stringify({ id, fence, isolate: ISOLATE }),
      });
    },
  );
}

const worker: { fetch(request: Request, env: Env, execution: unknown): Promise<Response> | undefined } = {
  fetch: (request, _, execution) => receivers[new URL(request.url).pathname]?.(request, execution),
};
export default worker;
