import { QueueUnavailableError } from "../errors.ts";
import type { CloudflareQueueBinding, LargeBodiesBinding } from "./bindings.ts";
import { inTime } from "./in-time.ts";
import { saidBy } from "./said-by.ts";

/** Where messages go. */
export interface Destination {
  readonly queue: CloudflareQueueBinding;
  readonly largeBodies: LargeBodiesBinding | undefined;
}

/** Cloudflare takes 128,000, its own metadata included; the rest is for what {@link Retried} adds. */
export const MESSAGE_MAX_BYTES = 127_000;

/** Longer than Cloudflare keeps a message (14 days at most) plus the longest `retryForMs`. */
const LARGE_BODY_SECONDS = 30 * 24 * 3_600;
/** How much longer it is known that a large body was worked on. */
const WORKED_ON_SECONDS = 24 * 3_600;

/** Sends a message. A body that is too large goes to `largeBodies`, and the message has its key as `bodyAt`. */
export async function send(
  message: Readonly<Record<string, unknown>>,
  destination: Destination,
  delaySeconds?: number,
): Promise<void> {
  const small = bytesOf(message) <= MESSAGE_MAX_BYTES ? message : await withoutBody(message, destination);
  await bounded("The queue binding", () =>
    destination.queue.send(small, {
      contentType: "json",
      ...(delaySeconds !== undefined && { delaySeconds }),
    }),
  );
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
  return bounded("The binding largeBodies", async () => {
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
  await bounded("The binding largeBodies", () =>
    largeBodies.put(bodyAt, "", { expirationTtl: WORKED_ON_SECONDS }),
  ).catch(() => {});
}

async function withoutBody(
  message: Readonly<Record<string, unknown>>,
  { largeBodies }: Destination,
): Promise<Readonly<Record<string, unknown>>> {
  const { body, ...rest } = message;
  if (largeBodies === undefined || typeof body !== "string") {
    throw new QueueUnavailableError(
      `The message has ${bytesOf(message)} bytes; Cloudflare Queues take ${MESSAGE_MAX_BYTES}. ` +
        "Give cloudflareQueue(), cloudflareConsumer() and cloudflareParked() the option largeBodies: a binding of R2 or KV.",
    );
  }
  const bodyAt = `mintfax/${crypto.randomUUID()}`;
  // R2 does not know `expirationTtl`: there, a rule of the bucket has old objects expire.
  await bounded("The binding largeBodies", () =>
    largeBodies.put(bodyAt, body, { expirationTtl: LARGE_BODY_SECONDS }),
  );
  return { ...rest, bodyAt };
}

function bytesOf(message: object): number {
  return new TextEncoder().encode(JSON.stringify(message)).length;
}

async function bounded<T>(asked: string, ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await inTime(ask);
  } catch (error) {
    throw new QueueUnavailableError(`${asked} failed: ${saidBy(error)}`);
  }
}
