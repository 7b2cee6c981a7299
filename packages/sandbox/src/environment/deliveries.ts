import {
  type Attempt,
  type AttemptStart,
  createTestSender,
  type DeliveryInProgress,
  RETRY_DELAYS_MS,
  type SenderClock,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { type AttemptRecord, Attempts, statusOf, type Variant } from "./attempts.ts";
import type { Endpoint } from "./endpoint.ts";
import { variantOf } from "./variants.ts";

/** Of an attempt beside the schedule. */
type Aside = Pick<AttemptRecord, "parentId" | "variant">;

const ON_SCHEDULE: Aside = { parentId: null, variant: null };

/** An event, ready to be sent. */
export interface SandboxEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

/** An event on its way to one endpoint. */
interface OnItsWay {
  readonly event: SandboxEvent;
  readonly endpoint: Endpoint;
  progress: DeliveryInProgress | undefined;
  scheduledAttempts: number;
  /** Of the attempt beside the schedule that is about to start. */
  aside: Aside | undefined;
  /** Of the attempt that was started last. */
  newestId: string | undefined;
  firstEnded: Promise<Attempt> | undefined;
}

export interface DeliveriesOptions {
  readonly clock: SenderClock;
  /** Factor for the waits between attempts. */
  readonly timeScale: number;
  readonly timeoutMs: number;
  readonly attemptsKept: number;
}

/** Sends events to endpoints as mintfax does, and keeps a record of each attempt. */
export class Deliveries {
  readonly attempts: Attempts;
  readonly #options: DeliveriesOptions;
  readonly #senders = new Map<Endpoint, TestSender>();
  /** By event and endpoint. */
  readonly #onTheirWay = new Map<string, OnItsWay>();
  readonly #closed = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.attempts = new Attempts(options.attemptsKept);
  }

  /** @returns resolves when the first attempt has ended */
  async deliver(event: SandboxEvent, endpoint: Endpoint): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const onItsWay: OnItsWay = {
      event,
      endpoint,
      progress: undefined,
      scheduledAttempts: 0,
      aside: undefined,
      newestId: undefined,
      firstEnded: undefined,
    };
    this.#onTheirWay.set(keyOf(event.id, endpoint.id), onItsWay);
    this.#forgetOldest();
    onItsWay.progress = this.#senderOf(endpoint).start(event.body, { id: event.id });
    await onItsWay.firstEnded;
  }

  /**
   * "Retry now".
   *
   * @returns the id of the attempt that it has started; undefined where the event has left the record
   */
  retry({ id, eventId, endpointId }: AttemptRecord): string | undefined {
    const onItsWay = this.#onTheirWay.get(keyOf(eventId, endpointId));
    if (onItsWay?.progress === undefined) return undefined;
    onItsWay.aside = { parentId: id, variant: null };
    void onItsWay.progress.retryNow();
    return onItsWay.newestId;
  }

  /**
   * Sends once what a receiver has to refuse, or has had before.
   *
   * @returns the id of the attempt that it has started; undefined where the event has left the record
   */
  sendVariant(record: AttemptRecord, variant: Variant): string | undefined {
    const onItsWay = this.#onTheirWay.get(keyOf(record.eventId, record.endpointId));
    if (onItsWay === undefined) return undefined;
    onItsWay.aside = { parentId: record.id, variant };
    const { event, endpoint } = onItsWay;
    const nowMs = this.#options.clock.nowMs();
    const signed = { id: event.id, body: event.body, secrets: endpoint.secretsAt(nowMs) };
    void this.#senderOf(endpoint).send(variantOf(variant, signed, nowMs));
    return onItsWay.newestId;
  }

  /** No further attempt is made, and those under way are cut off. */
  close(): void {
    this.#closed.abort(new Error("The sandbox was closed."));
  }

  #senderOf(endpoint: Endpoint): TestSender {
    const { clock, timeScale, timeoutMs } = this.#options;
    const secret = endpoint.secretsAt(clock.nowMs());
    let sender = this.#senders.get(endpoint);
    if (sender === undefined) {
      sender = createTestSender({
        secret,
        to: (request) => this.#post(endpoint, request),
        clock,
        timeScale,
        timeoutMs,
        onAttempt: (start, ended) => this.#record(endpoint, start, ended),
      });
      this.#senders.set(endpoint, sender);
    }
    return sender;
  }

  /** Drops what an endpoint has: its schedules find it gone. */
  remove(endpoint: Endpoint): void {
    this.#senders.delete(endpoint);
    for (const [key, onItsWay] of this.#onTheirWay) {
      if (onItsWay.endpoint === endpoint) this.#onTheirWay.delete(key);
    }
  }

  rotated(endpoint: Endpoint): void {
    this.#senders.get(endpoint)?.rotate(endpoint.secretsAt(this.#options.clock.nowMs()));
  }

  /** To where the endpoint is now: an attempt goes to the URL of its time. */
  async #post(endpoint: Endpoint, request: Request): Promise<Response> {
    if (this.#closed.signal.aborted) throw this.#closed.signal.reason;
    if (!this.#senders.has(endpoint)) throw new Error("The endpoint was deleted.");
    const cutOff = new AbortController();
    const stop = (): void => cutOff.abort(this.#closed.signal.reason);
    const timeIsOver = (): void => cutOff.abort(request.signal.reason);
    this.#closed.signal.addEventListener("abort", stop);
    request.signal.addEventListener("abort", timeIsOver);
    try {
      return await fetch(endpoint.settings.url, {
        method: "POST",
        headers: request.headers,
        body: await request.arrayBuffer(),
        redirect: "manual",
        signal: cutOff.signal,
      });
    } finally {
      this.#closed.signal.removeEventListener("abort", stop);
      request.signal.removeEventListener("abort", timeIsOver);
    }
  }

  #record(endpoint: Endpoint, { number, manual, delivery }: AttemptStart, ended: Promise<Attempt>): void {
    const onItsWay = this.#onTheirWay.get(keyOf(delivery.id, endpoint.id));
    if (onItsWay === undefined) return;
    const { aside, event } = onItsWay;
    onItsWay.aside = undefined;
    const { id } = this.attempts.start({
      ...(aside ?? ON_SCHEDULE),
      eventId: event.id,
      eventType: event.type,
      endpointId: endpoint.id,
      url: endpoint.settings.url,
      number,
      manual,
      startedMs: this.#options.clock.nowMs(),
      requestHeaders: Object.entries(delivery.headers),
      requestBody: delivery.body,
    });
    onItsWay.newestId = id;
    onItsWay.firstEnded ??= ended;
    if (aside === undefined) onItsWay.scheduledAttempts += 1;
    const delayMs = aside !== undefined ? undefined : RETRY_DELAYS_MS[onItsWay.scheduledAttempts - 1];
    void ended.then((result) => {
      const nextMs = result.startedMs + result.durationMs + (delayMs ?? 0) * this.#options.timeScale;
      this.attempts.end(
        id,
        result,
        statusOf({ result }) === "failed" && delayMs !== undefined ? nextMs : undefined,
      );
    });
  }

  /** What can be retried by hand goes with the record of its attempts, which holds the newest. */
  #forgetOldest(): void {
    if (this.#onTheirWay.size <= this.#options.attemptsKept) return;
    const [oldest] = this.#onTheirWay.keys();
    if (oldest !== undefined) this.#onTheirWay.delete(oldest);
  }
}

function keyOf(eventId: string, endpointId: string): string {
  return `${eventId} ${endpointId}`;
}
