import { gzipSync } from "node:zlib";
import { eventFixture, forge, type SignedDelivery, signDelivery, tamper } from "@mintfax-webhooks/testing";

/** An invented one. */
export const SECRET: string = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** The default of `bodyLimitBytes` is 256 KiB. */
const OVER_THE_LIMIT_BYTES = 1_100_000;

/** What every framework has to make of {@link sendAll}. */
export const USUAL_ANSWERS: Readonly<Record<string, string>> = {
  "a forged delivery": "400 signature_mismatch",
  "a tampered delivery": "400 signature_mismatch",
  "JSON that was written out again": "400 signature_mismatch",
  "a compressed delivery": "415 content_encoding_unsupported",
  "a genuine delivery": "200 processed",
  "the same delivery again": "200 duplicate",
  "a delivery in chunks": "200 processed",
  "a delivery over the limit": "413 body_too_large",
};
/** The orders that the handler has to mark, each of them once. */
export const HANDLED: readonly string[] = ["whole", "chunks"];

/** Sends a server what mintfax sends, and what others send. */
export async function sendAll(url: string): Promise<Record<string, string>> {
  const whole = deliveryFor("whole");
  const large = signDelivery(eventFor("large", "x".repeat(OVER_THE_LIMIT_BYTES)), { secret: SECRET });
  return {
    "a forged delivery": await post(url, forge(whole)),
    "a tampered delivery": await post(url, tamper(whole)),
    "JSON that was written out again": await post(url, { ...whole, body: writtenAgain(whole.body) }),
    "a compressed delivery": await post(url, compressed(whole)),
    "a genuine delivery": await post(url, whole),
    "the same delivery again": await post(url, whole),
    "a delivery in chunks": await post(url, deliveryFor("chunks"), "in chunks"),
    "a delivery over the limit": await post(url, large),
  };
}

/** The answer to a genuine delivery. */
export function sendOne(url: string): Promise<string> {
  return post(url, deliveryFor("whole"));
}

function eventFor(order: string, note: string): ReturnType<typeof eventFixture> {
  // Text that is other bytes in other encodings.
  return eventFixture("fax.delivered", { data: { object: { tags: { order, note, clinic: "Müller 🩺" } } } });
}

function deliveryFor(order: string): SignedDelivery {
  return signDelivery(eventFor(order, ""), { secret: SECRET });
}

/** "200 processed", "400 signature_mismatch". */
async function post(url: string, { headers, body }: SignedDelivery, inChunks?: "in chunks"): Promise<string> {
  const sent = inChunks === undefined ? { body } : { body: chunksOf(body), duplex: "half" as const };
  const response = await fetch(url, { method: "POST", headers, ...sent });
  const text = await response.text();
  const { outcome = "by the framework", code = outcome } = text.startsWith("{") ? JSON.parse(text) : {};
  return `${response.status} ${code}`;
}

/** The same values in other bytes, as a proxy leaves them that parses bodies. */
function writtenAgain(body: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return Buffer.from(JSON.stringify(JSON.parse(new TextDecoder().decode(body)), null, 1));
}

function compressed({ headers, body, ...others }: SignedDelivery): SignedDelivery {
  return { ...others, headers: { ...headers, "content-encoding": "gzip" }, body: gzipSync(body) };
}

function chunksOf(body: Uint8Array): ReadableStream<Uint8Array> {
  const middle = body.length >> 1;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(body.subarray(0, middle));
      controller.enqueue(body.subarray(middle));
      controller.close();
    },
  });
}
