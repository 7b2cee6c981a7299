import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { ATTEMPT_TIMEOUT_MS, type SenderClock } from "@mintfax-webhooks/testing";
import { createApi } from "./api/app.ts";
import { RealTime } from "./environment/clock.ts";
import { Environment } from "./environment/environment.ts";
import { randomId } from "./environment/ids.ts";
import { createPage } from "./page/app.ts";

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** The key that its API takes. Default: a random one that starts with `mfx_test_`. */
  readonly apiKey?: string;
  /** The port on 127.0.0.1. Default: a free one. */
  readonly port?: number;
  /** The clock of faxes and of the retry schedule. Default: real time. */
  readonly clock?: SenderClock;
  /**
   * Factor for the life of a fax (some 95 s) and for the waits between attempts (10, 100 and 1,000 s): 0.001 makes seconds of
   * it milliseconds. Timestamps of deliveries stay true. Default 1.
   */
  readonly timeScale?: number;
  /** When an attempt without an answer is given up, in milliseconds. Default 30,000, as mintfax does. */
  readonly timeoutMs?: number;
  /** How many attempts are kept; the oldest makes room. Default 5,000. */
  readonly attemptsKept?: number;
  /** How many API calls a minute are answered. Default 60, as in mintfax's sample. */
  readonly rateLimitPerMinute?: number;
  /** How long the old secret signs too after a rotation, in milliseconds. Default 86,400,000 (a day); mintfax's is unknown. */
  readonly rotationOverlapMs?: number;
}

/** mintfax on this machine. */
export interface Sandbox extends AsyncDisposable {
  /** Of the API, with `/v1` at its end. */
  readonly url: string;
  /** Of the page. It has a token, which the browser keeps as a cookie. */
  readonly pageUrl: string;
  /** `Authorization: Bearer <apiKey>`. */
  readonly apiKey: string;
  /** Cuts off what is under way and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts mintfax's API and sender on this machine, in memory: register an endpoint, send a fax, look at the attempts.
 *
 * @example
 * ```ts
 * await using sandbox = await createSandbox({ timeScale: 0.001 });
 * const headers = { authorization: `Bearer ${sandbox.apiKey}`, "content-type": "application/json" };
 * const endpoint = await fetch(`${sandbox.url}/webhooks`, {
 *   method: "POST",
 *   headers,
 *   body: JSON.stringify({ url: "http://127.0.0.1:3000/webhooks/mintfax" }),
 * });
 * const { secret } = await endpoint.json();
 * ```
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const realTime = new RealTime();
  const { timeScale = 1, attemptsKept = 5_000 } = options;
  const environment = new Environment({
    clock: options.clock ?? realTime,
    timeScale,
    timeoutMs: options.timeoutMs ?? ATTEMPT_TIMEOUT_MS,
    attemptsKept,
  });
  const apiKey = options.apiKey ?? randomId("mfx_test_");
  const overlapMs = options.rotationOverlapMs ?? 24 * 3_600_000;
  const token = randomId("");
  let origin = "";
  const page = createPage({
    environment,
    token,
    apiUrl: () => `${origin}/v1`,
    apiKey,
    timeScale,
    attemptsKept,
    overlapMs,
  });
  const api = { environment, apiKey, rateLimitPerMinute: options.rateLimitPerMinute ?? 60, overlapMs };
  const app = createApi(api, page);
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: options.port ?? 0 });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve).once("error", reject);
  });
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    environment.close();
    realTime.stop();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    if ("closeAllConnections" in server) server.closeAllConnections();
    await closed;
  };
  return {
    url: `${origin}/v1`,
    pageUrl: `${origin}/?token=${token}`,
    apiKey,
    close,
    [Symbol.asyncDispose]: close,
  };
}
