import { type Context, Hono } from "hono";
import { use } from "../contestants/use.ts";
import { PATH } from "../terms.ts";

interface Env {
  readonly Bindings: { readonly MINTFAX_WEBHOOK_SECRET: string };
}

/** Only in workerd: resolves once the view is full, or the stream has ended. */
interface FillingReader {
  readAtLeast(minBytes: number, view: Uint8Array): Promise<{ readonly value: Uint8Array }>;
}

const LIMIT_BYTES = 262_144;
const TIMEOUT_MS = 10_000;
const HMAC = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();
let key: Promise<CryptoKey> | undefined;

/**
 * The lower bound of every receiver on Workers that verifies and keeps what this one promises of the platform: the body is
 * read within limits of bytes and of time, and a sender that hangs up ends nothing. It has no memory, so it is not a receiver.
 */
const app: Hono<Env> = new Hono<Env>();
app.post(PATH, (c) => {
  const answer = answerTo(c);
  c.executionCtx.waitUntil(answer);
  return answer;
});
export default app;

async function answerTo(c: Context<Env>): Promise<Response> {
  const { headers } = c.req.raw;
  const id = headers.get("webhook-id") ?? "";
  const prefix = encoder.encode(`${id}.${headers.get("webhook-timestamp")}.`);
  const body = await bodyOf(c.req.raw, Number(headers.get("content-length")));
  const content = new Uint8Array(prefix.length + body.length);
  content.set(prefix);
  content.set(body, prefix.length);
  key ??= crypto.subtle.importKey("raw", secretOf(c), HMAC, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", await key, content));
  if (headers.get("webhook-signature") !== `v1,${btoa(String.fromCharCode(...mac))}`) {
    return c.json({ outcome: "refused" }, 400);
  }
  const { data } = JSON.parse(new TextDecoder().decode(body)) as { data: { object: { pages: number } } };
  use(data.object.pages);
  return c.json({ outcome: "processed", id });
}

async function bodyOf({ body }: Request, declaredBytes: number): Promise<Uint8Array> {
  if (!(declaredBytes <= LIMIT_BYTES)) throw new RangeError("too large");
  const reader = body?.getReader({ mode: "byob" }) as unknown as FillingReader;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("too slow")), TIMEOUT_MS);
    reader.readAtLeast(declaredBytes + 1, new Uint8Array(declaredBytes + 1)).then(({ value }) => {
      clearTimeout(timer);
      resolve(value);
    }, reject);
  });
}

function secretOf(c: Context<Env>): Uint8Array<ArrayBuffer> {
  const encoded = c.env.MINTFAX_WEBHOOK_SECRET.slice("whsec_".length);
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}
