import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions, functionFrom, within } from "@mintfax-webhooks/core/store";
import { apiKeyFrom } from "./api/key.ts";
import { type CatchUpClock, REAL_TIME } from "./clock.ts";
import type { MissingFax } from "./compare/fax.ts";
import type { Outstanding } from "./compare/outstanding.ts";

/** Options of {@link createCatchUp}. */
export interface CatchUpOptions {
  /** The endpoint whose deliveries are looked at: `webhook_...`, from mintfax's dashboard. One catch-up has one endpoint. */
  readonly endpoint: string;
  /**
   * A key of the endpoint's environment: `mfx_live_...` or `mfx_test_...`. Default: the variable `MINTFAX_API_KEY`, where
   * there is one. mintfax counts its limit of requests for each key: with a key of its own, a catch-up takes nothing
   * from what sends your faxes.
   */
  readonly apiKey?: string;
  /** Default `https://api.mintfax.com/v1`. `http:` is taken for this machine only. */
  readonly baseUrl?: string;
  /**
   * How often an event is resent at most, earlier runs and "Retry now" of the dashboard included: the number of its attempts tells.
   * Between two tries of an event 5 minutes pass, and twice as long after each; at most an hour once the endpoint has
   * accepted another delivery. Default 10.
   */
  readonly maxTries?: number;
  /** Default 50. mintfax's pages show a limit of 60 for each key; ten are left to others with the same key. */
  readonly requestsPerMinute?: number;
  /** How many pages of a list are read at most, each of 100 entries. Default 1,000. It bounds the memory too: some 300 bytes an event. */
  readonly maxPages?: number;
  /** The limit for one request, from its start to the last byte of the answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Faxes that are not final here. Called once in a run, after events have been resent. */
  readonly outstanding?: () => Outstanding;
  /**
   * Called for each fax that is final at mintfax and outstanding here, one after the other, and not in a dry run. A fax for
   * which it fails is missing again in the next run.
   */
  readonly onMissing?: (fax: MissingFax) => void | PromiseLike<void>;
  /** Default: the platform's. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /**
   * For tests. Default: real time, and for the age of attempts mintfax's time as its answers have it, so that a wrong clock
   * of this machine does no harm.
   */
  readonly clock?: CatchUpClock;
}

/** The options, checked, with their defaults. The key is in none of them: it would be printed with them. */
export interface Settings {
  readonly endpoint: string;
  readonly baseUrl: URL;
  readonly maxTries: number;
  readonly requestsPerMinute: number;
  readonly maxPages: number;
  readonly timeoutMs: number;
  readonly outstanding: (() => Outstanding) | undefined;
  readonly onMissing: CatchUpOptions["onMissing"];
  readonly fetch: NonNullable<CatchUpOptions["fetch"]>;
  readonly clock: CatchUpClock;
  /** Whether the clock is a test's, which is believed. */
  readonly clockIsGiven: boolean;
}

// An object, so that the compiler reports an option that was forgotten.
const NAMES: Readonly<Record<keyof CatchUpOptions, null>> = {
  endpoint: null,
  apiKey: null,
  baseUrl: null,
  maxTries: null,
  requestsPerMinute: null,
  maxPages: null,
  timeoutMs: null,
  outstanding: null,
  onMissing: null,
  fetch: null,
  clock: null,
};

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];
/** What people have at hand and is not an endpoint's id. A secret or a key would go into a URL. */
const OTHER_IDS = /^(whsec|mfx|evt|fax|wha|env|req)_/;

/**
 * @throws {CatchUpError} for a key that cannot work
 * @throws {ConfigurationError} for another option that cannot work
 */
export function settingsFrom(options: CatchUpOptions): { settings: Settings; apiKey: string } {
  checkOptions(options, Object.keys(NAMES), "createCatchUp()");
  const { clock, outstanding, onMissing } = options;
  const settings: Settings = {
    endpoint: endpointFrom(options.endpoint),
    baseUrl: baseUrlFrom(options.baseUrl ?? "https://api.mintfax.com/v1"),
    maxTries: within("maxTries", options.maxTries ?? 10, 1, 1_000),
    requestsPerMinute: within("requestsPerMinute", options.requestsPerMinute ?? 50, 1, 100_000),
    maxPages: within("maxPages", options.maxPages ?? 1_000, 1, 100_000),
    timeoutMs: within("timeoutMs", options.timeoutMs ?? 30_000, 1, 600_000),
    outstanding: outstanding && functionFrom("outstanding", outstanding),
    onMissing: onMissing && functionFrom("onMissing", onMissing),
    // Looked up at each call, and not as a method: Workers refuse a `fetch` that has another `this`.
    fetch: functionFrom("fetch", options.fetch ?? ((url, init) => fetch(url, init))),
    clock: clock ?? REAL_TIME,
    clockIsGiven: clock !== undefined,
  };
  return { settings, apiKey: apiKeyFrom(options.apiKey) };
}

function endpointFrom(endpoint: string): string {
  if (typeof endpoint !== "string" || !/^[\w-]{1,128}$/.test(endpoint) || OTHER_IDS.test(endpoint)) {
    throw new ConfigurationError(
      "option_invalid",
      "endpoint is not the id of an endpoint. Expected the one that mintfax's dashboard shows under Settings > Webhooks, " +
        "such as webhook_8aZqRm4yT3vK7pNxJ2bH9c; not its URL and not its signing secret.",
    );
  }
  return endpoint;
}

function baseUrlFrom(baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK.includes(url.hostname));
  if (
    url === undefined ||
    !isSafe ||
    url.username !== "" ||
    url.password !== "" ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw new ConfigurationError(
      "option_invalid",
      "baseUrl cannot be used. Expected a URL such as https://api.mintfax.com/v1, without user, password, query and " +
        "fragment; http: only for this machine, since the key would travel unencrypted.",
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}
