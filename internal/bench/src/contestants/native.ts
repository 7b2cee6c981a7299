import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { KEY } from "../terms.ts";
import { type GuideEvent, handleByGuide } from "./guide.ts";
import { use } from "./use.ts";

/*
 * The least that can be done with a signed event: bytes from Node's own stream, one HMAC with a key that is prepared, a
 * comparison, `JSON.parse`, the handler. No limits, no timestamp, no deduplication: it shows what a receiver could reach
 * at best, and is nothing to put on the web.
 */

const key = createSecretKey(Buffer.from(KEY));

/** @returns the event, or undefined where it was not signed with our key */
export function verifyNatively(header: (name: string) => unknown, body: Uint8Array): GuideEvent | undefined {
  const prefix = `${header("webhook-id")}.${header("webhook-timestamp")}.`;
  const expected = createHmac("sha256", key).update(prefix).update(body).digest("base64");
  const received = Buffer.from(String(header("webhook-signature")));
  if (!timingSafeEqual(Buffer.from(`v1,${expected}`), received)) return undefined;
  return JSON.parse(body.toString()) as GuideEvent;
}

/** @returns whether it was signed with our key, and has been handled */
export async function receiveNatively(req: IncomingMessage, count: () => void): Promise<boolean> {
  const event = verifyNatively((name) => req.headers[name], await bodyOf(req));
  if (event === undefined) return false;
  await handleByGuide(event, (pages) => {
    use(pages);
    count();
  });
  return true;
}

/** The same, with the least of an answer. */
export async function answerNatively(
  req: IncomingMessage,
  res: ServerResponse,
  count: () => void,
): Promise<void> {
  const isRight = await receiveNatively(req, count);
  const answer = isRight ? '{"received":true}' : '{"error":"invalid signature"}';
  res
    .writeHead(isRight ? 200 : 400, { "content-type": "application/json", "content-length": answer.length })
    .end(answer);
}

function bodyOf(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    req.on("data", (chunk: Buffer) => chunks.push(chunk));
    req.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    req.on("error", reject);
  });
}
