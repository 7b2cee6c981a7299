import type { SignedDelivery } from "../delivery/signed-delivery.ts";

/** A receiver in this process: a `createFetchHandler()`, Hono's `app.fetch`, or any function like these. */
export type FetchTarget = (request: Request) => Response | Promise<Response>;

/**
 * A handler is never reached over the network, so only the path of this means anything: the adapters'
 * default.
 */
const HANDLER_URL = "https://localhost/webhooks/mintfax";

/** One HTTP exchange up to the answer's headers. */
export async function post(
  target: URL | FetchTarget,
  delivery: SignedDelivery,
  signal: AbortSignal,
): Promise<Response> {
  const { headers, body } = delivery;
  const init: RequestInit = { method: "POST", headers, body, redirect: "manual", signal };
  return typeof target === "function" ? target(new Request(HANDLER_URL, init)) : fetch(target, init);
}
