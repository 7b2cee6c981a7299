import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions, within } from "@mintfax-webhooks/core/store";
import { ATTEMPT_TIMEOUT_MS, randomId, type SenderClock, signDelivery } from "@mintfax-webhooks/testing";
import { isWebUrl } from "./api/endpoints.ts";
import { isEventType } from "./environment/environment.ts";

/** Options of {@link createSandbox}. */
export interface SandboxOptions {
  /** The port. Default: a free one. */
  readonly port?: number;
  /** The address to listen on. Default 127.0.0.1; another one than this machine's own needs a `token`. */
  readonly host?: string;
  /** What lets a browser in to the page: at least 16 characters. Default: a random one. */
  readonly token?: string;
  /** The key that its API takes. Default: a random one that starts with `mfx_test_`. */
  readonly apiKey?: string;
  /** Endpoints that are there from the start. Without a `secret` they have a new one. */
  readonly endpoints?: readonly SandboxEndpoint[];
  /** The clock of faxes and of the retry schedule. Default: real time. */
  readonly clock?: SenderClock;
  /**
   * Factor for the life of a fax (some 95 s) and for the waits between attempts (10, 100 and 1,000 s): 0.001 makes seconds of
   * it milliseconds. Timestamps of deliveries stay true. Default 1.
   */
  readonly timeScale?: number;
  /** When an attempt without an answer is given up, in milliseconds. Default 30,000, as mintfax does. */
  readonly timeoutMs?: number;
  /** How many attempts are kept, and as many faxes; the oldest makes room. Default 5,000. */
  readonly attemptsKept?: number;
  /** How many API calls a minute are answered. Default 60, as in mintfax's sample. */
  readonly rateLimitPerMinute?: number;
  /**
   * How long the old secret signs too after a rotation, in milliseconds. Default 86,400,000 (a day); mintfax's is not
   * documented.
   */
  readonly rotationOverlapMs?: number;
  /**
   * Whether the data of a fax is deleted at its end, as with mintfax's `zero_footprint`: `GET /faxes/{id}` then has its id,
   * status and times only. What that does to events is not documented: here they keep their data. Default false.
   */
  readonly zeroFootprint?: boolean;
}

/** An endpoint of {@link SandboxOptions}. */
export interface SandboxEndpoint {
  /** Where events go. */
  readonly url: string;
  /** Default: all events. */
  readonly events?: readonly string[];
  /** `whsec_...`. Default: a new one. */
  readonly secret?: string;
}

type Settings = Required<Omit<SandboxOptions, "clock">> & { readonly clock: SenderClock | undefined };

const LOOPBACK: readonly string[] = ["127.0.0.1", "::1", "localhost"];
const TOKEN_MIN_LENGTH = 16;
/** A timer of Node waits 24.8 days at most. */
const TIME_MAX_MS = 2 ** 31 - 1;

// An object, so that the compiler reports an option that was forgotten.
const NAMES: Readonly<Record<keyof SandboxOptions, null>> = {
  port: null,
  host: null,
  token: null,
  apiKey: null,
  endpoints: null,
  clock: null,
  timeScale: null,
  timeoutMs: null,
  attemptsKept: null,
  rateLimitPerMinute: null,
  rotationOverlapMs: null,
  zeroFootprint: null,
};

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom(options: SandboxOptions): Settings {
  checkOptions(options, Object.keys(NAMES), "createSandbox()");
  const { host = "127.0.0.1", token, timeScale = 1, endpoints = [], zeroFootprint = false } = options;
  if (!LOOPBACK.includes(host) && token === undefined) {
    throw invalid(
      "host is not this machine's own address",
      "127.0.0.1, or a token beside it: others could read faxes",
    );
  }
  if (token !== undefined && (typeof token !== "string" || !/^[\x21-\x7e]{16,}$/.test(token))) {
    throw invalid("token is too short or has spaces", `at least ${TOKEN_MIN_LENGTH} visible characters`);
  }
  if (typeof timeScale !== "number" || !(timeScale >= 0 && timeScale <= 1000)) {
    throw invalid("timeScale is out of bounds", "a number from 0 to 1000");
  }
  endpoints.forEach(checkEndpoint);
  if (typeof zeroFootprint !== "boolean") throw invalid("zeroFootprint is not a boolean", "true or false");
  return {
    host,
    token: token ?? randomId(""),
    timeScale,
    endpoints,
    port: within("port", options.port ?? 0, 0, 65_535),
    apiKey: options.apiKey ?? randomId("mfx_test_"),
    clock: options.clock,
    timeoutMs: within("timeoutMs", options.timeoutMs ?? ATTEMPT_TIMEOUT_MS, 1, TIME_MAX_MS),
    attemptsKept: within("attemptsKept", options.attemptsKept ?? 5_000, 1, 1_000_000),
    rateLimitPerMinute: within("rateLimitPerMinute", options.rateLimitPerMinute ?? 60, 1, 1_000_000_000),
    rotationOverlapMs: within(
      "rotationOverlapMs",
      options.rotationOverlapMs ?? 24 * 3_600_000,
      0,
      TIME_MAX_MS,
    ),
    zeroFootprint,
  };
}

function checkEndpoint({ url, events, secret }: SandboxEndpoint, index: number): void {
  if (!isWebUrl(url)) throw invalid(`endpoints[${index}].url is not a web address`, "an http or https URL");
  if (events !== undefined && !(Array.isArray(events) && events.length > 0 && events.every(isEventType))) {
    throw invalid(
      `endpoints[${index}].events has other names than those of events`,
      "a list such as fax.failed",
    );
  }
  if (secret === undefined) return;
  try {
    signDelivery("{}", { id: "evt_check", secret });
  } catch {
    throw invalid(`endpoints[${index}].secret cannot sign`, "whsec_ and 24 to 64 bytes in base64");
  }
}

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

function invalid(fault: string, expected: string): ConfigurationError {
  return new ConfigurationError("option_invalid", `createSandbox(): ${fault}; expected ${expected}.`);
}
