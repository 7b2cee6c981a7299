import type { SignedDelivery } from "../delivery/signed-delivery.ts";

/**
 * A receiver in this process: a `createFetchHandler()`, Hono's `app.fetch`, a `nodeServer(app)` of
 * `@mintfax-webhooks/testing/node`, or any function like these.
 */
export type FetchTarget = (request: Request) => Response | Promise<Response>;

/** One HTTP exchange up to the answer's headers. */
export type Post = (delivery: SignedDelivery, signal: AbortSignal) => Promise<Response>;

/** The adapters' default. */
const DEFAULT_PATH = "/webhooks/mintfax";
/** A function is not reached over the network, so only the path means anything to it. */
const FUNCTION_ORIGIN = "https://localhost";

/** @throws {TypeError} where `to` is no URL, or `path` is not one or has nothing to apply to */
export function postTo(to: string | URL | FetchTarget, path: string | undefined): Post {
  if (typeof to === "function") return postToFunction(to, path ?? DEFAULT_PATH);
  if (path !== undefined) throw new TypeError("`path` is for a function; a URL has its own path in `to`.");
  const url = new URL(to);
  return (delivery, signal) => fetch(url, requestOf(delivery, signal));
}

function postToFunction(to: FetchTarget, path: string): Post {
  if (!path.startsWith("/")) {
    throw new TypeError(`\`path\` is ${JSON.stringify(path)}; expected one that starts with a slash.`);
  }
  return async (delivery, signal) => {
    const answer: unknown = await to(new Request(FUNCTION_ORIGIN + path, requestOf(delivery, signal)));
    if (isResponse(answer)) return answer;
    throw new TypeError(
      "The function that is `to` returned no Response. An Express app, Koa's `app.callback()` and the like go in as " +
        "nodeServer(app), from @mintfax-webhooks/testing/node.",
    );
  };
}

function requestOf({ headers, body }: SignedDelivery, signal: AbortSignal): RequestInit {
  return { method: "POST", headers, body, redirect: "manual", signal };
}

/** By its shape, since frameworks bring Response classes of their own. */
function isResponse(answer: unknown): answer is Response {
  return typeof (answer as { status?: unknown } | null | undefined)?.status === "number";
}
