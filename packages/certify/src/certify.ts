import { createVerifier } from "@mintfax-webhooks/core";
import { within } from "@mintfax-webhooks/core/store";
import { ANSWER_CHECKS } from "./checks/answers.ts";
import type { Check, Found } from "./checks/check.ts";
import { PROCESSING_CHECKS } from "./checks/processing.ts";
import { TRANSPORT_CHECKS } from "./checks/transport.ts";
import { VECTOR_CHECKS } from "./checks/vectors.ts";
import { CertifyError } from "./error.ts";
import { Probe } from "./probe.ts";
import type { CheckResult } from "./result.ts";
import { Genuine } from "./vectors/draft.ts";

/** Options of {@link certify}. */
export interface CertifyOptions {
  /** The receiver: where mintfax would send. */
  readonly url: string | URL;
  /** Its `whsec_` secret. */
  readonly secret: string;
  /**
   * Answers `GET` with `?id=evt_…` with the number of times that the receiver's handler was started for this event, as text.
   * Without it, checks that have to see the handler are `unknown`. For it, the handler does what the tag `certify` of a fax says: `fail once`
   * fails the first time; `slow` takes 1 s; `slow, fail once` takes 1 s and fails the first time.
   */
  readonly runsUrl?: string | URL;
  /**
   * How long one answer may take, in milliseconds, from 1 to 600,000. Default 30,000, as mintfax waits. Once three requests were not answered, each further
   * one is given a thirtieth of it, or three times the slowest answer.
   */
  readonly timeoutMs?: number;
  /** Called after each check, in the order of the table. */
  readonly onResult?: (result: CheckResult) => void;
}

/** What came of all checks. */
export interface Certificate {
  /** Whether no `must` has failed. */
  readonly passed: boolean;
  readonly results: readonly CheckResult[];
}

/** Ten minutes. */
const TIMEOUT_MAX_MS = 600_000;

const CHECKS: readonly Check[] = [
  ...VECTOR_CHECKS,
  ...TRANSPORT_CHECKS,
  ...PROCESSING_CHECKS,
  ...ANSWER_CHECKS,
];
/** It only waits, so it starts first and is asked in its turn. A server that does one thing at a time could not do the others. */
const WAITS = "transport.stalled";
const SHOWS_WHETHER_BESIDE = "transport.beside_stalled";

/**
 * Tries the behaviours of a good receiver on any server, in any language: some 100 requests, genuine and forged. It sends events
 * of faxes that do not exist, so do not point it at a server whose handlers reach patients or customers.
 *
 * @throws {ConfigurationError} for a malformed secret, or a `timeoutMs` that cannot be
 * @throws {CertifyError} `receiver_unreachable` where no server answers, `runs_unreadable` where `runsUrl` does not answer with a number
 *
 * @example
 * ```ts
 * const { passed, results } = await certify({ url: "http://127.0.0.1:3000/webhooks/mintfax", secret });
 * expect(results.filter(({ verdict }) => verdict === "fail")).toEqual([]);
 * ```
 */
export async function certify(options: CertifyOptions): Promise<Certificate> {
  const { url, secret, runsUrl, timeoutMs = 30_000, onResult } = options;
  createVerifier({ secret });
  const probe = new Probe({
    url: new URL(url),
    secret,
    timeoutMs: within("timeoutMs", timeoutMs, 1, TIMEOUT_MAX_MS),
    runsUrl: runsUrl === undefined ? undefined : new URL(runsUrl),
  });
  await checkReach(probe);
  const begun = await begin(probe);
  const results: CheckResult[] = [];
  for (const { run, ...about } of CHECKS) {
    const result = { ...about, ...(await (begun.get(about.id) ?? run(probe))) };
    results.push(result);
    onResult?.(result);
  }
  return { passed: !results.some(({ level, verdict }) => level === "must" && verdict === "fail"), results };
}

/** Those that have begun before their turn. */
async function begin(probe: Probe): Promise<ReadonlyMap<string, Promise<Found>>> {
  const begun = new Map<string, Promise<Found>>();
  const start = (wanted: string): Promise<Found> | undefined => {
    const running = CHECKS.find(({ id }) => id === wanted)?.run(probe);
    if (running !== undefined) begun.set(wanted, running);
    return running;
  };
  if ((await start(SHOWS_WHETHER_BESIDE))?.verdict === "pass") void start(WAITS);
  return begun;
}

async function checkReach(probe: Probe): Promise<void> {
  const { status, error } = await probe.send(new Genuine(probe.setting).request());
  if (status === null) {
    throw new CertifyError(
      "receiver_unreachable",
      `No answer from ${probe.url.origin}${probe.url.pathname}: ${error}.`,
    );
  }
  if (probe.sees && (await probe.runs("evt_0")) === undefined) {
    throw new CertifyError(
      "runs_unreadable",
      "runsUrl did not answer with a whole number for ?id=evt_0; expected 0, as text.",
    );
  }
}
