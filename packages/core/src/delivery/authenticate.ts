import { BodyError, ConfigurationError } from "../errors.ts";
import type { Envelope } from "../events/index.ts";
import { parseEnvelope } from "../events/parse.ts";
import { isInstance } from "../foreign.ts";
import { isPromiseLike } from "../maybe-promise.ts";
import { type Ending, endingOf } from "../outcome/ending.ts";
import { Refusal } from "../refusal.ts";
import type { SignedHeaders } from "../signature/headers.ts";
import { CachedKeys } from "../signature/key-cache.ts";
import { type Keys, matchingKey } from "../signature/keys.ts";
import { KeyResolver } from "../signature/resolver.ts";
import type { Delivery } from "./delivery.ts";
import { triage } from "./triage.ts";

/** A delivery whose bytes were signed with one of our secrets. */
export class Authentic {
  readonly id: string;
  readonly event: Envelope<string, unknown>;
  /** What was signed. */
  readonly body: Uint8Array;
  readonly #timestamp: string;

  constructor({ id, timestamp }: SignedHeaders, event: Envelope<string, unknown>, body: Uint8Array) {
    this.id = id;
    this.event = event;
    this.body = body;
    this.#timestamp = timestamp;
  }

  get attemptedAt(): Date {
    return new Date(Number(this.#timestamp) * 1000);
  }
}

/** Headers, then bytes, then signature, then JSON: nothing is looked at before what comes before it has held. */
export async function authenticate<Platform, Tx>(
  delivery: Delivery<Platform, Tx>,
): Promise<Authentic | Ending> {
  const { incoming, settings, facts } = delivery;
  const signed = triage(incoming, settings.toleranceSeconds, settings.bodyLimits.limitBytes);
  if (signed instanceof Refusal) return refused(signed);
  facts.id = signed.id;

  let found: Keys | CachedKeys;
  try {
    found =
      settings.keys instanceof KeyResolver
        ? await settings.keys.keysFor(incoming, delivery.leftMs)
        : settings.keys;
  } catch (error) {
    const why = isInstance(error, ConfigurationError) ? ` (${error.code})` : "";
    return endingOf(
      "secret_unavailable",
      `This server could not find its signing secret${why}; see its log.`,
      error,
    );
  }

  let body: Uint8Array;
  try {
    body = await incoming.readBody(settings.bodyLimits);
  } catch (error) {
    if (isInstance(error, BodyError)) return endingOf(error.code, error.message, error.cause);
    throw error;
  }

  const match = matchingKey(found instanceof CachedKeys ? found.keys : found, signed, body);
  const index = isPromiseLike(match) ? await match : match;
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

function refused({ code, message }: Refusal): Ending {
  return endingOf(code, message);
}
