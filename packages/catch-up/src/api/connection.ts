import { ConfigurationError } from "@mintfax-webhooks/core";
import { functionFrom, within } from "@mintfax-webhooks/core/store";
import { type CatchUpClock, REAL_TIME } from "../clock.ts";
import { apiKeyFrom } from "./key.ts";
import { Pace } from "./pace.ts";
import { Time } from "./time.ts";

/** How mintfax's API is asked. */
export interface ApiOptions {
  /**
   * A key of the environment: `mfx_live_...` or `mfx_test_...`. Default: the variable `MINTFAX_API_KEY`, where there is one. mintfax
   * counts its limit of requests for each key: with a key of its own, a catch-up takes nothing from what sends your
   * faxes.
   */
  readonly apiKey?: string;
  /** Default `https://api.mintfax.com/v1`. `http:` is taken for this machine only. */
  readonly baseUrl?: string;
  /** Default 50. mintfax's pages show a limit of 60 for each key; ten are left to others with the same key. */
  readonly requestsPerMinute?: number;
  /** How many pages of a list are read at most, each of 100 entries. Default 1,000. */
  readonly maxPages?: number;
  /** The limit for one request, from its start to the last byte of the answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default: the platform's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * For tests. Default: real time, and for the age of attempts mintfax's time as its answers have it, so that a wrong clock
   * of this machine does no harm.
   */
  readonly clock?: CatchUpClock;
}

/** The options, checked, with their defaults, and what all requests share. */
export interface Connection {
  readonly apiKey: string;
  readonly baseUrl: URL;
  readonly maxPages: number;
  readonly timeoutMs: number;
  readonly fetch: NonNullable<ApiOptions["fetch"]>;
  readonly clock: CatchUpClock;
  readonly pace: Pace;
  readonly time: Time;
}

// An object, so that the compiler reports an option that was forgotten.
const NAMES: Readonly<Record<keyof ApiOptions, null>> = {
  apiKey: null,
  baseUrl: null,
  requestsPerMinute: null,
  maxPages: null,
  timeoutMs: null,
  fetch: null,
  clock: null,
};
export const API_OPTION_NAMES: readonly string[] = Object.keys(NAMES);

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * @throws {CatchUpError} for a key that cannot work
 * @throws {ConfigurationError} for another option that cannot work
 */
export function connectionFrom(options: ApiOptions): Connection {
  const { clock = REAL_TIME, requestsPerMinute = 50, maxPages = 1_000, timeoutMs = 30_000 } = options;
  const perMinute = within("requestsPerMinute", requestsPerMinute, 1, 100_000);
  return {
    baseUrl: baseUrlFrom(options.baseUrl ?? "https://api.mintfax.com/v1"),
    maxPages: within("maxPages", maxPages, 1, 100_000),
    timeoutMs: within("timeoutMs", timeoutMs, 1, 600_000),
    // Looked up at each call, and not as a method: Workers refuse a `fetch` that has another `this`.
    fetch: functionFrom("fetch", options.fetch ?? ((url, init) => fetch(url, init))),
    clock,
    pace: new Pace(perMinute, () => clock.nowMs()),
    time: new Time(clock, options.clock !== undefined),
    apiKey: apiKeyFrom(options.apiKey),
  };
}

function baseUrlFrom(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.includes(url.hostname));
  const isPlain = url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!isSafe || !isPlain) {
    throw new ConfigurationError(
      "option_invalid",
      "baseUrl cannot be used. Expected a URL such as https://api.mintfax.com/v1, without user, password, query and " +
        "fragment; http: only for this machine, since the key would travel unencrypted.",
    );
  }
  return url;
}
