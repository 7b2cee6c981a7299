import type { SignedDelivery } from "../delivery/signed-delivery.ts";
import { wrongKind } from "../given.ts";

/**
 * A receiver in this process: a `createFetchHandler()`, Hono's `app.fetch`, a `nodeServer(app)` of
 * `@mintfax-webhooks/testing/node`, or another function like these.
 */
export type FetchTarget = (request: Request) => Response | Promise<Response>;

/** One HTTP exchange up to the answer's headers. */
export type Post = (delivery: SignedDelivery, signal: AbortSignal) => Promise<Response>;

/** The adapters' default. */
const DEFAULT_PATH = "/webhooks/mintfax";
/** A function is not called over the network, so only the path matters to it. */
const FUNCTION_ORIGIN = "https://localhost";

/** @throws {TypeError} where `to` is not a URL or has a password, `path` does not start with a slash, or `path` is given beside a URL */
export function postTo(to: string | URL | FetchTarget, path: string | undefined): Post {
  if (typeof to === "function") return postToFunction(to, path ?? DEFAULT_PATH);
  if (path !== undefined) throw new TypeError("`path` is for a function. For a URL, put the path into `to`.");
  if (!URL.canParse(to)) {
    throw wrongKind(
      to,
      "a URL or a function from Request to Response as `to`",
      "For an app of Express, Koa, Fastify or Nest, or a server: nodeServer() of @mintfax-webhooks/testing/node. For Hono: app.fetch. " +
        "A URL starts with http:// or https://.",
    );
  }
  const url = new URL(to);
  if (url.username !== "" || url.password !== "") {
    throw new TypeError("The URL `to` has a user or a password, which fetch does not send. Leave it out.");
  }
  return (delivery, signal) => fetch(url, requestOf(delivery, signal));
}

function postToFunction(to: FetchTarget, path: string): Post {
  if (!path.startsWith("/")) {
    throw new TypeError(`\`path\` is ${JSON.stringify(path)}; expected a path that starts with a slash.`);
  }
  return async (delivery, signal) => {
    const request = new Request(FUNCTION_ORIGIN + path, requestOf(delivery, signal));
    // Node aborts the signal of a request only while the request is held, and a handler may hold the signal alone.
    const hold = (): void => void request;
    signal.addEventListener("abort", hold);
    const answer: unknown = await Promise.resolve(to(request)).finally(() => {
      signal.removeEventListener("abort", hold);
    });
    if (isResponse(answer)) return answer;
    throw new TypeError(
      "The function `to` did not return a Response. For an Express app or Koa's `app.callback()`, pass nodeServer(app) " +
        "of @mintfax-webhooks/testing/node.",
    );
  };
}

function requestOf({ headers, body }: SignedDelivery, signal: AbortSignal): RequestInit {
  return { method: "POST", headers, body, redirect: "manual", signal };
}

/** By its shape, since frameworks have their own Response classes. */
function isResponse(answer: unknown): answer is Response {
  return typeof (answer as { status?: unknown } | null | undefined)?.status === "number";
}
