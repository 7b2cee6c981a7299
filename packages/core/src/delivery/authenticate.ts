import type { Envelope } from "../events/index.ts";
import { parseEnvelope } from "../events/parse.ts";
import { isPromiseLike, type MaybePromise } from "../maybe-promise.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import type { Facts } from "../outcome/facts.ts";
import { Refusal } from "../refusal.ts";
import type { SignedHeaders } from "../signature/headers.ts";
import { CachedKeys } from "../signature/key-cache.ts";
import { type Keys, matchingKey } from "../signature/keys.ts";

/** A delivery whose bytes were signed with one of our secrets. */
export class Authentic {
  readonly id: string;
  /** What was signed. */
  readonly body: Uint8Array;
  readonly #timestamp: string;
  #event: Envelope<string, unknown> | undefined;

  constructor({ id, timestamp }: SignedHeaders, event: Envelope<string, unknown>, body: Uint8Array) {
    this.id = id;
    this.#event = event;
    this.body = body;
    this.#timestamp = timestamp;
  }

  /** What the bytes say. Kept by nothing but its handler, once that is at work: a handler may need little of it, for long. */
  takeEvent(): Envelope<string, unknown> {
    const event = this.#event as Envelope<string, unknown>;
    this.#event = undefined;
    return event;
  }

  get attemptedAt(): Date {
    return new Date(Number(this.#timestamp) * 1000);
  }
}

/** Whether one of our secrets has signed the bytes; only then is there a look at what they say. */
export function authenticate(
  facts: Facts,
  signed: SignedHeaders,
  found: Keys | CachedKeys,
  body: Uint8Array,
): MaybePromise<Authentic | Ending> {
  const match = matchingKey(found instanceof CachedKeys ? found.keys : found, signed, body);
  return isPromiseLike(match)
    ? match.then((index) => matched(facts, signed, found, body, index))
    : matched(facts, signed, found, body, match);
}

function matched(
  facts: Facts,
  signed: SignedHeaders,
  found: Keys | CachedKeys,
  body: Uint8Array,
  index: number,
): Authentic | Ending {
  if (index === -1) {
    return endingOf(
      "signature_mismatch",
      "No signature matches. Either the secret here is not this endpoint's, or something between mintfax and this " +
        `server changed the body (${body.length} bytes arrived).`,
    );
  }
  facts.secretIndex = index;
  if (found instanceof CachedKeys) found.keep();

  const event = parseEnvelope(body);
  if (event instanceof Refusal) return refused(event);
  facts.type = event.type;
  facts.created = event.created;
  return new Authentic(signed, event, body);
}

export function refused({ code, message }: Refusal): Ending {
  return endingOf(code, message);
}
