import { signDelivery } from "@mintfax-webhooks/testing";
import { type AttemptRecord, Attempts, type HeaderPairs, statusOf } from "../environment/attempts.ts";
import { variantOf } from "../environment/variants.ts";
import { type AboutView, type Action, type Reason, VARIANTS } from "./protocol.ts";
import { AUTHENTIC, onPurpose, reasonOf } from "./reasons.ts";
import type { PageSource } from "./source.ts";

/** A delivery that has arrived. */
export interface ReceivedDelivery {
  /** `webhook-id`; undefined where the request has none. */
  readonly id: string | undefined;
  /** Undefined where the delivery is not authentic. */
  readonly type: string | undefined;
  readonly receivedMs: number;
  /** As they arrived. */
  readonly headers: HeaderPairs;
  readonly body: Uint8Array;
}

/** How a delivery has ended. */
export interface DeliveryEnding {
  /** Null where no answer came. */
  readonly status: number | null;
  /** Of the answer. The page shows the first 4 KB. Null where no answer came. */
  readonly body: string | null;
  /** Why no answer came; null where one did. */
  readonly error: string | null;
  readonly durationMs: number;
  /** Why it is not authentic: findings of `diagnose()`. */
  readonly reasons?: readonly Reason[];
}

/** Sends a request to where deliveries are passed on to. Never rejects. */
export type PassOn = (headers: HeaderPairs, body: Uint8Array) => Promise<DeliveryEnding>;

const ATTEMPTS_KEPT = 1_000;
/** Strangers reach a tunnel too: what they send must not push genuine deliveries out. */
const STRANGERS_KEPT = 100;
/** As much as a receiver takes. Of a larger body the beginning is shown, and it cannot be sent again. */
const BODY_KEPT_BYTES = 256 * 1024;
const BODY_SHOWN_BYTES = 4_096;
const KEPT_BYTES = 64 * 1024 * 1024;
const ANSWER_SHOWN_CHARACTERS = 4_096;

/** What `listen` has received, as the page's source. */
export class ReceivedSource implements PageSource {
  readonly attempts: Attempts = new Attempts(ATTEMPTS_KEPT);
  readonly #about: AboutView;
  readonly #url: string;
  readonly #secrets: readonly string[];
  readonly #passOn: PassOn | undefined;
  readonly #reasons = new WeakMap<Uint8Array, readonly Reason[]>();
  /** Bodies that were cut. */
  readonly #cut = new WeakSet<Uint8Array>();

  /**
   * @param secrets that deliveries are verified with
   * @param passOn undefined where deliveries are answered here
   */
  constructor(about: AboutView & { kind: "listen" }, secrets: readonly string[], passOn: PassOn | undefined) {
    this.#about = about;
    this.#url = about.target ?? about.url;
    this.#secrets = secrets;
    this.#passOn = passOn;
  }

  state(): ReturnType<PageSource["state"]> {
    return { about: this.#about, nowMs: Date.now(), endpoints: [], faxes: [] };
  }

  watch(): () => void {
    return () => {};
  }

  /** @returns tells how it has ended */
  started({ id = "", type, receivedMs, headers, body }: ReceivedDelivery): (ending: DeliveryEnding) => void {
    const requestBody = body.slice(0, body.byteLength > BODY_KEPT_BYTES ? BODY_SHOWN_BYTES : undefined);
    if (requestBody.byteLength < body.byteLength) this.#cut.add(requestBody);
    const record = this.attempts.start({
      eventId: id,
      eventType: type ?? UNVERIFIED,
      endpointId: "",
      url: this.#url,
      number: type === undefined ? 1 : this.#nextNumber(id),
      manual: false,
      parentId: null,
      variant: null,
      startedMs: receivedMs,
      requestHeaders: headers,
      requestBody,
    });
    this.#makeRoom();
    return (ending) => this.#end(record, ending);
  }

  async reasonsOf(record: AttemptRecord): Promise<readonly Reason[] | undefined> {
    const { variant } = record;
    if (variant !== null && variant !== "copy") return [onPurpose(variant, statusOf(record) === "succeeded")];
    const status = record.result?.status ?? 200;
    if (!isAuthentic(record)) return this.#reasons.get(record.requestBody);
    return status >= 400 && status < 500 ? [AUTHENTIC] : undefined;
  }

  actionsFor(record: AttemptRecord): readonly Action[] {
    if (this.#passOn === undefined || this.#cut.has(record.requestBody)) return [];
    if (!isAuthentic(record)) return ["retry"];
    return record.variant === null && statusOf(record) === "failed" ? ["retry", ...VARIANTS] : VARIANTS;
  }

  send(record: AttemptRecord, action: Action): string | undefined {
    if (this.#passOn === undefined) return undefined;
    const { headers, body } = this.#again(record, action);
    const started = this.attempts.start({
      ...record,
      number: action === "retry" && isAuthentic(record) ? this.#nextNumber(record.eventId) : 1,
      manual: true,
      parentId: record.id,
      variant: action === "retry" ? null : action,
      startedMs: Date.now(),
      requestHeaders: headers,
      requestBody: body,
    });
    const reasons = this.#reasons.get(record.requestBody);
    void this.#passOn(headers, body).then((ending) =>
      this.#end(started, { ...ending, ...(reasons !== undefined && { reasons }) }),
    );
    return started.id;
  }

  /** As mintfax's own "Retry now": the same bytes with a new timestamp. What mintfax has not signed is sent as it came. */
  #again({ eventId, requestHeaders, requestBody, ...record }: AttemptRecord, action: Action): Sent {
    if (record.eventType === UNVERIFIED) return { headers: requestHeaders, body: requestBody.slice() };
    const signed = { id: eventId, body: new TextDecoder().decode(requestBody), secrets: this.#secrets };
    const { headers, body } =
      action === "retry"
        ? signDelivery(signed.body, { secret: signed.secrets, id: signed.id })
        : variantOf(action, signed, Date.now());
    const fresh = requestHeaders.map(([name, value]) => {
      const isSigned =
        name.toLowerCase() === "webhook-timestamp" || name.toLowerCase() === "webhook-signature";
      return [name, isSigned ? (headers[name.toLowerCase()] ?? value) : value] as const;
    });
    return { headers: fresh, body };
  }

  #end(
    { id, requestBody }: AttemptRecord,
    { reasons, status, body, error, durationMs }: DeliveryEnding,
  ): void {
    const record = this.attempts.get(id);
    if (record === undefined) return;
    if (reasons !== undefined) this.#reasons.set(requestBody, reasons.map(reasonOf));
    this.attempts.end(id, {
      status,
      body: body === null ? null : body.slice(0, ANSWER_SHOWN_CHARACTERS),
      error,
      startedMs: record.startedMs,
      durationMs,
    });
  }

  /** Counted here: mintfax does not say which attempt it makes. */
  #nextNumber(eventId: string): number {
    const same = this.attempts
      .list()
      .filter((record) => record.eventId === eventId && isAuthentic(record) && record.variant === null);
    return Math.max(0, ...same.map(({ number }) => number)) + 1;
  }

  #makeRoom(): void {
    let bytes = 0;
    let strangers = 0;
    for (const record of this.attempts.list()) {
      bytes += record.requestBody.byteLength;
      if (!isAuthentic(record)) strangers += 1;
      const isTooMany = !isAuthentic(record) && strangers > STRANGERS_KEPT;
      if (bytes > KEPT_BYTES || isTooMany) this.attempts.drop(record.id);
    }
  }
}

type Sent = { readonly headers: HeaderPairs; readonly body: Uint8Array };

/** In place of a type: what has not been verified may claim anything. */
const UNVERIFIED = "unverified";

function isAuthentic({ eventType }: AttemptRecord): boolean {
  return eventType !== UNVERIFIED;
}
