import type { Secrets } from "@mintfax-webhooks/core";
import { createRealClock } from "../clock/real-clock.ts";
import type { SenderClock } from "../clock/sender-clock.ts";
import { type Deliverable, type Payload, payloadOf } from "../delivery/payload.ts";
import { checkDelivery, type SignedDelivery } from "../delivery/signed-delivery.ts";
import { Signer } from "../delivery/signer.ts";
import { checkGiven, checkMs, wrongKind } from "../given.ts";
import { exchange } from "./exchange.ts";
import { ATTEMPT_TIMEOUT_MS } from "./promises.ts";
import type { Attempt, DeliveryReport } from "./report.ts";
import { type DeliveryInProgress, Schedule } from "./schedule.ts";
import { type FetchTarget, type Post, postTo } from "./target.ts";

/** Options of {@link createTestSender}. */
export interface TestSenderOptions {
  /** The endpoint's secret (`whsec_...`); several, as during a rotation, sign with a token for each. */
  readonly secret: Secrets;
  /**
   * The receiver: a URL, or a function from `Request` to `Response`, such as a `createFetchHandler()` or Hono's
   * `app.fetch`. For an Express app and other listeners of `node:http`: `nodeServer(app)` of
   * `@mintfax-webhooks/testing/node`.
   */
  readonly to: string | URL | FetchTarget;
  /** The path of requests to a function. Default `/webhooks/mintfax`. A URL has its own path. */
  readonly path?: string;
  /** Default: real time. */
  readonly clock?: SenderClock;
  /**
   * Factor for the waits between attempts alone: with 0.001 they are 10, 100 and 1000 milliseconds, with 0 there are
   * none. Timestamps stay true, so a receiver accepts them without special options. Default 1.
   */
  readonly timeScale?: number;
  /** When an attempt without an answer is aborted, in milliseconds. Default {@link ATTEMPT_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
  /**
   * Called when an attempt starts.
   *
   * @param ended resolves with its result, and never rejects
   */
  readonly onAttempt?: (start: AttemptStart, ended: Promise<Attempt>) => void;
}

/** An attempt that has started. */
export interface AttemptStart {
  /** Counts from 1, over the scheduled and manual attempts of an event. */
  readonly number: number;
  /** Whether this is a "Retry now", outside the schedule. */
  readonly manual: boolean;
  /** What is sent. */
  readonly delivery: SignedDelivery;
}

/** Options of one delivery. */
export interface DeliverOptions {
  /** `webhook-id`. Default: the event's own `id`. */
  readonly id?: string;
}

/** Options of one delivery that a test acts on. */
export interface StartOptions extends DeliverOptions {
  /** Ends the schedule: no attempt starts any more, and the one under way is awaited. */
  readonly signal?: AbortSignal;
}

/**
 * Sends as mintfax does: every attempt has the same id and the same bytes, but a new timestamp and signature. In place of an
 * event, its methods also take the body as a string.
 */
export interface TestSender {
  /**
   * Delivers an event: an attempt at once, then after each failure one more by {@link RETRY_DELAYS_MS}, until
   * one is answered with 2xx.
   *
   * @throws {TypeError} where `id` is left out and the body has no id
   */
  deliver(event: Deliverable, options?: DeliverOptions): Promise<DeliveryReport>;
  /**
   * Like `deliver`, for a test that acts between attempts. Its waits do not keep the process alive, unless they are those of an
   * own `clock`.
   *
   * @throws {TypeError} where `id` is left out and the body has no id
   */
  start(event: Deliverable, options?: StartOptions): DeliveryInProgress;
  /**
   * Makes one attempt, without retries.
   *
   * @throws {TypeError} where `id` is left out and the body has no id
   */
  attempt(event: Deliverable, options?: DeliverOptions): Promise<Attempt>;
  /**
   * Sends a delivery once, unchanged: a stale, forged or tampered one, or one captured earlier.
   *
   * @throws {TypeError} for a value that is not a signed delivery, such as an event
   */
  send(delivery: SignedDelivery): Promise<Attempt>;
  /**
   * Signs with other secrets from the next attempt on, also for events already under way.
   *
   * @throws {Error} where the reference library refuses a secret
   */
  rotate(secret: Secrets): void;
}

/**
 * Makes a sender that behaves like mintfax, to test a receiver.
 *
 * @throws {TypeError} where `to` is neither a URL nor a function, `path` does not start with a slash, `path` is given beside a URL,
 *   `secret` is not text, `clock` is not a clock, or a number is not one
 * @throws {ConfigurationError} for an option that does not exist
 * @throws {Error} where the reference library refuses a secret
 *
 * @example
 * ```ts
 * const sender = createTestSender({ secret, to: "http://127.0.0.1:3000/webhooks/mintfax", timeScale: 0.001 });
 * const report = await sender.deliver(eventFixture("fax.delivered"));
 * expect(report.attempts.map((attempt) => attempt.status)).toEqual([500, 200]);
 * ```
 */
export function createTestSender(options: TestSenderOptions): TestSender {
  return new Sender(options);
}

const OPTION_NAMES: readonly (keyof TestSenderOptions)[] = [
  "secret",
  "to",
  "path",
  "clock",
  "timeScale",
  "timeoutMs",
  "onAttempt",
];
/** A timer cannot wait for much longer than 1,000 s 1,000 times. */
const MOST_TIME_SCALE = 1_000;

class Sender implements TestSender {
  readonly #post: Post;
  readonly #clock: SenderClock;
  /** For waits that the process does not stay alive for. */
  readonly #background: SenderClock;
  readonly #timeScale: number;
  readonly #timeoutMs: number;
  readonly #onAttempt: TestSenderOptions["onAttempt"];
  #signer: Signer;

  constructor(options: TestSenderOptions) {
    checkGiven(options, OPTION_NAMES, "createTestSender()");
    const { secret, to, path, clock, timeScale = 1, timeoutMs = ATTEMPT_TIMEOUT_MS } = options;
    if (!Number.isFinite(timeScale) || timeScale < 0 || timeScale > MOST_TIME_SCALE) {
      throw wrongKind(timeScale, `\`timeScale\` from 0 to ${MOST_TIME_SCALE}`, "0 is without waits.");
    }
    checkMs("timeoutMs", timeoutMs);
    if (clock !== undefined && (typeof clock?.nowMs !== "function" || typeof clock.sleep !== "function")) {
      throw wrongKind(clock, "a clock with nowMs() and sleep()", "createManualClock() makes one.");
    }
    this.#post = postTo(to, path);
    this.#clock = clock ?? createRealClock();
    this.#background = clock ?? createRealClock({ keepsAlive: false });
    this.#timeScale = timeScale;
    this.#timeoutMs = timeoutMs;
    this.#onAttempt = options.onAttempt;
    this.#signer = new Signer(secret);
  }

  async deliver(event: Deliverable, options: DeliverOptions = {}): Promise<DeliveryReport> {
    checkGiven(options, ["id"], "deliver()");
    return this.#schedule(event, options, this.#clock).done;
  }

  start(event: Deliverable, options: StartOptions = {}): DeliveryInProgress {
    checkGiven(options, ["id", "signal"], "start()");
    return this.#schedule(event, options, this.#background);
  }

  async attempt(event: Deliverable, options: DeliverOptions = {}): Promise<Attempt> {
    checkGiven(options, ["id"], "attempt()");
    return this.#attempt(payloadOf(event, options.id), 1, false);
  }

  async send(delivery: SignedDelivery): Promise<Attempt> {
    checkDelivery(delivery);
    return this.#send(delivery, 1, false);
  }

  rotate(secret: Secrets): void {
    this.#signer = new Signer(secret);
  }

  #schedule(event: Deliverable, { id, signal }: StartOptions, clock: SenderClock): DeliveryInProgress {
    if (signal !== undefined && typeof signal?.addEventListener !== "function") {
      throw wrongKind(signal, "an AbortSignal as `signal`", "Of an AbortController: controller.signal.");
    }
    const payload = payloadOf(event, id);
    return new Schedule(
      payload.id,
      (number, manual) => this.#attempt(payload, number, manual),
      (ms) => clock.sleep(ms * this.#timeScale),
      signal,
    );
  }

  #attempt({ id, text }: Payload, number: number, manual: boolean): Promise<Attempt> {
    return this.#send(this.#signer.sign(id, new Date(this.#clock.nowMs()), text), number, manual);
  }

  #send(delivery: SignedDelivery, number: number, manual: boolean): Promise<Attempt> {
    const ended = exchange(this.#post, delivery, this.#clock, this.#timeoutMs).then(
      (result): Attempt => ({ number, ...result, manual }),
    );
    this.#onAttempt?.({ number, manual, delivery }, ended);
    return ended;
  }
}
