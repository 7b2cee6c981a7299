import { QueueUnavailableError } from "../errors.ts";
import { ask } from "./ask.ts";
import type { CloudflareQueueBinding, LargeBodiesBinding } from "./bindings.ts";
import { storeLargeBody } from "./large-bodies.ts";

/** Where messages go. */
export interface Destination {
  readonly queue: CloudflareQueueBinding;
  readonly largeBodies: LargeBodiesBinding | undefined;
}

/** Cloudflare takes 128,000, its own metadata included; the rest is for what {@link Retried} adds. */
export const MESSAGE_MAX_BYTES = 127_000;

/** Sends a message. A body that is too large goes to `largeBodies`, and the message has its key as `bodyAt`. */
export async function send(
  message: Readonly<Record<string, unknown>>,
  destination: Destination,
  delaySeconds?: number,
): Promise<void> {
  const small = bytesOf(message) <= MESSAGE_MAX_BYTES ? message : await withoutBody(message, destination);
  await ask("The queue binding", () =>
    destination.queue.send(small, {
      contentType: "json",
      ...(delaySeconds !== undefined && { delaySeconds }),
    }),
  );
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
  return { ...rest, bodyAt: await storeLargeBody(body, largeBodies) };
}

function bytesOf(message: object): number {
  return new TextEncoder().encode(JSON.stringify(message)).length;
}
