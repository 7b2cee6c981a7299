import { QueueUnavailableError } from "../errors.ts";
import { ask } from "./ask.ts";
import type { LargeBodiesBinding } from "./bindings.ts";

const NAME = "The binding largeBodies";

/** Longer than Cloudflare keeps a message (14 days at most) plus the longest `retryForMs`. */
const LARGE_BODY_SECONDS = 30 * 24 * 3_600;
/** How much longer it is known that a large body was worked on. */
const WORKED_ON_SECONDS = 24 * 3_600;

/** @returns the key under which it can be read */
export async function storeLargeBody(body: string, largeBodies: LargeBodiesBinding): Promise<string> {
  const bodyAt = `mintfax/${crypto.randomUUID()}`;
  // R2 does not know `expirationTtl`: there, a rule of the bucket has old objects expire.
  await ask(NAME, () => largeBodies.put(bodyAt, body, { expirationTtl: LARGE_BODY_SECONDS }));
  return bodyAt;
}

/** The text of a large body; an empty text where it was worked on; undefined where there is none. */
export async function readLargeBody(
  bodyAt: string,
  largeBodies: LargeBodiesBinding | undefined,
): Promise<string | undefined> {
  if (largeBodies === undefined) {
    throw new QueueUnavailableError(
      "The message's body is in R2 or KV, and cloudflareConsumer() has no option largeBodies; expected the binding that cloudflareQueue() has.",
    );
  }
  return ask(NAME, async () => {
    const found = await largeBodies.get(bodyAt);
    // KV has the text itself, R2 an object with a method for it.
    const text = typeof found === "object" && found !== null ? await (found as Textual).text() : found;
    return typeof text === "string" ? text : undefined;
  });
}

interface Textual {
  text(): PromiseLike<unknown>;
}

/**
 * Leaves an empty text in its place: Cloudflare may deliver the message once more. Never rejects: a body that cannot be
 * overwritten expires.
 */
export async function eraseLargeBody(
  bodyAt: string,
  largeBodies: LargeBodiesBinding | undefined,
): Promise<void> {
  if (largeBodies === undefined) return;
  await ask(NAME, () => largeBodies.put(bodyAt, "", { expirationTtl: WORKED_ON_SECONDS })).catch(() => {});
}
