import { ConfigurationError } from "@mintfax-webhooks/core";
import { checkOptions, functionFrom, within } from "@mintfax-webhooks/core/store";
import { API_OPTION_NAMES, type ApiOptions } from "./api/connection.ts";
import type { MissingFax } from "./compare/fax.ts";
import type { Outstanding } from "./compare/outstanding.ts";

/** Options of {@link createCatchUp}. Its memory is bounded by `maxPages`: each event takes some 300 bytes. */
export interface CatchUpOptions extends ApiOptions {
  /** The endpoint whose deliveries are looked at: `webhook_...`, from mintfax's dashboard. One catch-up has one endpoint. */
  readonly endpoint: string;
  /**
   * How often an event is resent at most, earlier runs and "Retry now" of the dashboard included: the number of its attempts tells.
   * Between two tries of an event 5 minutes pass, and twice as long after each; at most an hour once the endpoint has
   * accepted another delivery. Default 10.
   */
  readonly maxTries?: number;
  /** Faxes that are not final here. Called once in a run, after events have been resent. */
  readonly outstanding?: () => Outstanding;
  /**
   * Called for each fax that is final at mintfax and outstanding here, one after the other, and not in a dry run. A fax for
   * which it fails is missing again in the next run.
   */
  readonly onMissing?: (fax: MissingFax) => void | PromiseLike<void>;
}

/** The options beside those of the API, checked, with their defaults. */
export interface Settings {
  readonly endpoint: string;
  readonly maxTries: number;
  readonly outstanding: (() => Outstanding) | undefined;
  readonly onMissing: CatchUpOptions["onMissing"];
}

// An object, so that the compiler reports an option that was forgotten.
const NAMES: Readonly<Record<Exclude<keyof CatchUpOptions, keyof ApiOptions>, null>> = {
  endpoint: null,
  maxTries: null,
  outstanding: null,
  onMissing: null,
};

/** What people have at hand and is not an endpoint's id. A secret or a key would go into a URL. */
const OTHER_IDS = /^(whsec|mfx|evt|fax|wha|env|req)_/;

/** @throws {ConfigurationError} for an option that cannot work */
export function settingsFrom(options: CatchUpOptions): Settings {
  checkOptions(options, [...Object.keys(NAMES), ...API_OPTION_NAMES], "createCatchUp()");
  const { outstanding, onMissing } = options;
  return {
    endpoint: endpointFrom(options.endpoint),
    maxTries: within("maxTries", options.maxTries ?? 10, 1, 1_000),
    outstanding: outstanding && functionFrom("outstanding", outstanding),
    onMissing: onMissing && functionFrom("onMissing", onMissing),
  };
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
