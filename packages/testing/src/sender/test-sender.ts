import type { Secrets } from "@mintfax-webhooks/core";
import { realClock } from "../clock/real-clock.ts";
import type { SenderClock } from "../clock/sender-clock.ts";
import { type Deliverable, type Payload, payloadOf } from "../delivery/payload.ts";
import type { SignedDelivery } from "../delivery/signed-delivery.ts";
import { Signer } from "../delivery/signer.ts";
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
   * `app.fetch`. For an Express app and whatever else speaks `node:http`: `nodeServer(app)` of
   * `@mintfax-webhooks/testing/node`.
   */
  readonly to: string | URL | FetchTarget;
  /** Where the requests for a function go. Default `/webhooks/mintfax`. A URL has its own path. */
  readonly path?: string;
  /** Default: real time. */
  readonly clock?: SenderClock;
  /**
   * Stretches the waits between attempts, and nothing else: 0.001 makes 10, 100 and 1000 seconds of them 10,
   * 100 and 1000 milliseconds, 0 leaves none. Timestamps stay true, so that a receiver accepts them as it is.
   * Default 1.
   */
  readonly timeScale?: number;
  /** When an attempt without an answer is cut off, in milliseconds. Default {@link ATTEMPT_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/** Options of one delivery. */
export interface DeliverOptions {
  /** `webhook-id`. Default: the event's own `id`. */
  readonly id?: string;
}

/**
 * Sends as mintfax does: every attempt has the same id and the same bytes, but a fresh timestamp and
 * signature. All of its methods that take an event take a string too, as a body that is sent as it is.
 */
export interface TestSender {
  /**
   * Delivers an event: an attempt at once, then after each failure one more by {@link RETRY_DELAYS_MS}, until
   * one is answered with 2xx.
   *
   * @throws {TypeError} where `id` is left out and the body has none
   */
  deliver(event: Deliverable, options?: DeliverOptions): Promise<DeliveryReport>;
  /**
   * The same, for a test that has something to do meanwhile.
   *
   * @throws {TypeError} where `id` is left out and the body has none
   */
  start(event: Deliverable, options?: DeliverOptions): DeliveryInProgress;
  /**
   * One attempt, whatever comes of it.
   *
   * @throws {TypeError} where `id` is left out and the body has none
   */
  attempt(event: Deliverable, options?: DeliverOptions): Promise<Attempt>;
  /** Sends a delivery once, as it is: a stale, forged or damaged one, or one captured earlier. */
  send(delivery: SignedDelivery): Promise<Attempt>;
  /**
   * Signs with other secrets from the next attempt on, of events already on their way too.
   *
   * @throws {Error} where the reference library refuses a secret
   */
  rotate(secret: Secrets): void;
}

/**
 * A sender that keeps mintfax's promises, for trying out a receiver.
 *
 * @throws {TypeError} where `to` is no URL, or `path` is not one or has nothing to apply to
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

class Sender implements TestSender {
  readonly #post: Post;
  readonly #clock: SenderClock;
  readonly #timeScale: number;
  readonly #timeoutMs: number;
  #signer: Signer;

  constructor(options: TestSenderOptions) {
    const { secret, to, path, clock = realClock, timeScale = 1, timeoutMs = ATTEMPT_TIMEOUT_MS } = options;
    this.#post = postTo(to, path);
    this.#clock = clock;
    this.#timeScale = timeScale;
    this.#timeoutMs = timeoutMs;
    this.#signer = new Signer(secret);
  }

  async deliver(event: Deliverable, options: DeliverOptions = {}): Promise<DeliveryReport> {
    return this.start(event, options).done;
  }

  start(event: Deliverable, options: DeliverOptions = {}): DeliveryInProgress {
    const payload = payloadOf(event, options.id);
    return new Schedule(
      payload.id,
      (number, manual) => this.#attempt(payload, number, manual),
      (ms) => this.#clock.sleep(ms * this.#timeScale),
    );
  }

  async attempt(event: Deliverable, options: DeliverOptions = {}): Promise<Attempt> {
    return this.#attempt(payloadOf(event, options.id), 1, false);
  }

  async send(delivery: SignedDelivery): Promise<Attempt> {
    return this.#send(delivery, 1, false);
  }

  rotate(secret: Secrets): void {
    this.#signer = new Signer(secret);
  }

  #attempt({ id, text }: Payload, number: number, manual: boolean): Promise<Attempt> {
    return this.#send(this.#signer.sign(id, new Date(this.#clock.nowMs()), text), number, manual);
  }

  async #send(delivery: SignedDelivery, number: number, manual: boolean): Promise<Attempt> {
    const result = await exchange(this.#post, delivery, this.#clock, this.#timeoutMs);
    return { number, ...result, manual };
  }
}
