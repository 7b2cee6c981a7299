import { CatchUpError } from "../errors.ts";
import type { Notes } from "../notes.ts";
import type { CatchUpWait, Tell } from "../steps.ts";
import type { Connection } from "./connection.ts";
import { type ApiAnswer, exchange } from "./exchange.ts";
import { RETRY_AFTER_MAX_MS, retryAfterMs } from "./pace.ts";
import { membersOf, wordFrom } from "./read.ts";

/** Waits between the tries of a request that only reads. */
const READ_WAITS_MS = [1_000, 2_000, 4_000, 8_000];
/** Answers 429 in a row, each with its wait, before a run ends. */
const OVER_LIMIT_MAX = 10;
/** Requests to resend in a row without a clear answer, before a run ends. */
const UNSURE_MAX = 5;
const OVER_LIMIT_WAIT_MS = 60_000;

/** What is the same in all requests of a run. */
export interface CallSetting {
  readonly connection: Connection;
  readonly notes: Notes;
  readonly tell: Tell;
  readonly signal: AbortSignal;
}

/**
 * What became of a request to resend: mintfax took it, or refused it, or it is unsure (no answer, 5xx): then it may have
 * been taken.
 */
export type Posted =
  | { readonly kind: "accepted" | "unsure" }
  | { readonly kind: "refused"; readonly reason: string };

/** Requests to mintfax's API, one at a time, within its limit. */
export class Calls {
  readonly #setting: CallSetting;
  #requests = 0;
  #unsureInARow = 0;

  constructor(setting: CallSetting) {
    this.#setting = setting;
  }

  /** How many requests went out. */
  get requests(): number {
    return this.#requests;
  }

  /**
   * Reads, and tries again where mintfax fails.
   *
   * @returns the JSON of a 2xx
   * @throws {CatchUpError} where there is none
   */
  async get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const what = `GET ${path}`;
    for (let tries = 0; ; tries += 1) {
      const answer = await this.#send("GET", path, query);
      const { status = 0, fault = answer.json === undefined ? "the answer was empty" : undefined } = answer;
      if (status >= 400 && status < 500 && answer.fault === undefined) throw refused(what, answer);
      if (fault === undefined) return answer.json;
      const waitMs = READ_WAITS_MS[tries];
      if (waitMs === undefined) throw unavailable(what, { ...answer, fault }, tries + 1);
      await this.wait(Math.max(waitMs, this.#askedWaitMs(what, answer)), "api");
    }
  }

  /**
   * Asks for something once: whether a request without a clear answer was taken has to be looked up.
   *
   * @param idempotencyKey the same for the same wish
   * @throws {CatchUpError} where no further request can succeed
   */
  async post(path: string, idempotencyKey: string): Promise<Posted> {
    const what = `POST ${path}`;
    const answer = await this.#send("POST", path, {}, { "idempotency-key": idempotencyKey });
    if (answer.fault !== undefined) {
      this.#unsureInARow += 1;
      if (this.#unsureInARow === UNSURE_MAX) throw unavailable(what, answer, UNSURE_MAX);
      await this.wait(Math.max(READ_WAITS_MS[0] as number, this.#askedWaitMs(what, answer)), "api");
      return { kind: "unsure" };
    }
    this.#unsureInARow = 0;
    const { status = 0, json } = answer;
    if (status < 400) return { kind: "accepted" };
    if ([401, 402, 403].includes(status)) throw refused(what, answer);
    if (status === 404 || status === 410) return { kind: "refused", reason: "attempt_gone" };
    const reason = wordFrom(membersOf(json).error) ?? `status_${status}`;
    // Another run has just asked for the same.
    return reason === "idempotency_key_in_progress" ? { kind: "unsure" } : { kind: "refused", reason };
  }

  /** @throws the reason of the signal, where the run is aborted */
  async wait(waitMs: number, reason: CatchUpWait): Promise<void> {
    const { connection, signal, tell } = this.#setting;
    await tell({ type: "waiting", waitMs, reason });
    await connection.clock.sleep(waitMs, signal);
    signal.throwIfAborted();
  }

  /** Sends within the limit. What is answered with 429 was not taken: it is sent again after the wait that mintfax asks for. */
  async #send(
    method: "GET" | "POST",
    path: string,
    query: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer> {
    const { connection, notes, signal } = this.#setting;
    const { baseUrl, pace, time } = connection;
    const url = new URL(baseUrl);
    url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
    url.search = new URLSearchParams(query).toString();
    for (let overLimit = 1; ; overLimit += 1) {
      for (let waitMs = pace.waitMs(); waitMs > 0; waitMs = pace.waitMs())
        await this.wait(waitMs, "rate_limit");
      signal.throwIfAborted();
      pace.sent();
      this.#requests += 1;
      const answer = await exchange(connection, { method, url: url.href, headers, signal });
      signal.throwIfAborted();
      pace.heed(answer.headers);
      time.heed(answer.headers, notes);
      const { status = 0 } = answer;
      // A browser's `fetch` hides a redirect behind the status 0.
      if (status >= 300 && status < 400) throw redirected(`${method} ${path}`, answer);
      if (status !== 429) return answer;
      const waitMs = this.#askedWaitMs(`${method} ${path}`, answer) || OVER_LIMIT_WAIT_MS;
      if (overLimit === OVER_LIMIT_MAX) {
        throw unavailable(
          `${method} ${path}`,
          { ...answer, fault: "the answer was 429 each time" },
          overLimit,
        );
      }
      pace.hold(waitMs);
    }
  }

  /** What `Retry-After` asks for. @throws {CatchUpError} where that is too long to wait for */
  #askedWaitMs(what: string, answer: ApiAnswer): number {
    const waitMs = retryAfterMs(answer.headers, this.#setting.connection.time.nowMs()) ?? 0;
    if (waitMs <= RETRY_AFTER_MAX_MS) return waitMs;
    const fault = `the answer was ${answer.status}, with a Retry-After of ${Math.round(waitMs / 60_000)} minutes`;
    throw unavailable(what, { ...answer, fault }, 1);
  }
}

function unavailable(what: string, answer: ApiAnswer, tries: number): CatchUpError {
  const proxy = answer.isForeign ? " A proxy may have answered in mintfax's place." : "";
  return new CatchUpError(
    answer.isForeign ? "answer_not_understood" : "api_unavailable",
    `${what} failed ${tries} time(s); the last time ${answer.fault}.${proxy}${idOf(answer)} Run the catch-up again later: it ` +
      "begins with what is then still missing.",
    { status: answer.status },
  );
}

function refused(what: string, answer: ApiAnswer): CatchUpError {
  const { status, headers, json } = answer;
  const error = wordFrom(membersOf(json).error);
  const type =
    json === undefined ? ` with ${headers.get("content-type")?.slice(0, 60) ?? "no body"}, not JSON` : "";
  const said = `${what} was answered with ${status}${error === undefined ? type : ` (${error})`}.${idOf(answer)}`;
  if (status === 401) {
    return new CatchUpError(
      "api_key_rejected",
      `${said} The API key is not valid any more, or not of this API.`,
      { status },
    );
  }
  if (status === 403) {
    return new CatchUpError(
      "access_denied",
      `${said} The API key may not do this, or the account is not activated.`,
      { status },
    );
  }
  const fix = status === 404 ? " Check baseUrl: it ends in /v1." : "";
  return new CatchUpError("request_refused", `${said}${fix}`, { status });
}

function redirected(what: string, answer: ApiAnswer): CatchUpError {
  const location = answer.headers.get("location") ?? "";
  const to = URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
  return new CatchUpError(
    "redirected",
    `${what} was answered with ${answer.status}, a redirect${to}. It is not followed, since the API key would go there. ` +
      "Set baseUrl to where the API is.",
    { status: answer.status },
  );
}

/** mintfax's support finds a request by this. */
function idOf({ headers }: ApiAnswer): string {
  const id = wordFrom(headers.get("x-request-id"));
  return id === undefined ? "" : ` Request id: ${id}.`;
}
