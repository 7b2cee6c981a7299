import { createRealClock } from "@mintfax-webhooks/testing";
import { createApi } from "./api/app.ts";
import { Idempotency } from "./api/idempotency.ts";
import { createApp } from "./app.ts";
import { Environment } from "./environment/environment.ts";
import { isLoopback, type SandboxOptions, settingsFrom } from "./options.ts";
import { createSandboxPage } from "./page/sandbox-page.ts";
import { listen } from "./server.ts";

/** mintfax on this machine. */
export interface Sandbox extends AsyncDisposable {
  /** Of the API, with `/v1` at its end. */
  readonly url: string;
  /** `Authorization: Bearer <apiKey>`. */
  readonly apiKey: string;
  /** Of the page. It has a token, which the browser keeps as a cookie. */
  readonly pageUrl: string;
  /** Cuts off what is under way and frees the port. */
  close(): Promise<void>;
}

/**
 * Starts mintfax's API, its sender and a page that shows every attempt, on this machine and in memory.
 *
 * @throws {ConfigurationError} for an option that cannot work
 * @throws Node's error, where the port is in use
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
  const settings = settingsFrom(options);
  const { apiKey, attemptsKept, host, rateLimitPerMinute, timeScale, timeoutMs, token, zeroFootprint } =
    settings;
  const realTime = createRealClock();
  const clock = settings.clock ?? realTime;
  const environment = new Environment({ clock, timeScale, timeoutMs, attemptsKept, zeroFootprint });
  for (const { url, events = null, secret } of settings.endpoints) {
    environment.addEndpoint({ url, events, description: null }, secret);
  }
  const idempotency = new Idempotency(() => clock.nowMs());
  let origin = "";
  const apiUrl = (): string => `${origin}/v1`;
  const { rotationOverlapMs: overlapMs } = settings;
  const page = createSandboxPage({ environment, token, apiUrl, apiKey, timeScale, overlapMs });
  const app = createApp(isLoopback(host));
  app.route("/v1", createApi({ environment, idempotency, apiKey, rateLimitPerMinute, overlapMs }));
  app.route("/", page);
  const server = await listen(app.fetch, host, settings.port);
  origin = server.origin;
  const close = async (): Promise<void> => {
    environment.close();
    realTime.stop();
    await server.close();
  };
  return { url: apiUrl(), pageUrl: `${origin}/?token=${token}`, apiKey, close, [Symbol.asyncDispose]: close };
}
