import { once } from "node:events";
import { request } from "node:http";
import { type SignedDelivery, signDelivery } from "@mintfax-webhooks/testing";

export const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
export const OTHER_SECRET = "whsec_b3RoZXItb3RoZXItb3RoZXItb3RoZXIt";

/** A fax number, a name outside ASCII and slashes: what has to stay out of a diagnosis, and what serialisers spell each in their own way. */
export const EVENT = {
  id: "evt_8aZqRm4yT3vK7pNxJ2bH9c",
  type: "fax.delivered",
  created: 1_747_173_600,
  data: {
    object: {
      id: "fax_8aZqRm4yT3vK7pNxJ2bH9c",
      status: "delivered",
      to: "+12125551234",
      pages: 3,
      error_code: null,
      webhook_url: "https://clinic.example/hooks?a=1&b=<2>",
      tags: { order: "1042", ward: "Nürnberg Süd" },
    },
  },
} as const;
export const COMPACT: string = JSON.stringify(EVENT);
export const PRETTY: string = JSON.stringify(EVENT, null, 2);

type Headers = Readonly<Record<string, string | string[]>>;

export function signed(
  text: string = COMPACT,
  options: Partial<Parameters<typeof signDelivery>[1]> = {},
): SignedDelivery {
  return signDelivery(text, { secret: SECRET, id: EVENT.id, ...options });
}

/** The same with other headers: undefined takes one away. */
export function withHeaders(
  delivery: SignedDelivery,
  changes: Readonly<Record<string, string | string[] | undefined>>,
): { headers: Headers; body: Uint8Array } {
  const headers = Object.entries({ ...delivery.headers, ...changes }).filter(
    (entry) => entry[1] !== undefined,
  );
  return { headers: Object.fromEntries(headers) as Headers, body: delivery.body };
}

/** Sends with `node:http`, which lets headers be repeated and bodies come in pieces. */
export async function send(
  url: string,
  { headers, body }: { headers: Headers; body: Uint8Array | readonly Uint8Array[] },
): Promise<void> {
  const isWhole = body instanceof Uint8Array;
  const length = isWhole ? { "content-length": String(body.length) } : {};
  const req = request(url, { method: "POST", headers: { ...headers, ...length } });
  req.on("error", () => {});
  const answered = once(req, "response");
  for (const part of isWhole ? [body] : body) req.write(part);
  req.end();
  const [res] = await answered;
  await once(res.resume(), "end");
}
