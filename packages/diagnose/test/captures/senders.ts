import { createHmac } from "node:crypto";
import type { Capture } from "./captured.ts";
import { behind, bytesOf, direct } from "./relays.ts";
import { COMPACT, EVENT, PRETTY, SECRET, signed } from "./send.ts";

/** Signed by another sender than today's mintfax. */
function hand(
  name: string,
  findings: readonly string[],
  headersOf: (text: string, timestamp: number) => Record<string, string>,
): Capture {
  return {
    name,
    verdict: "explained",
    findings,
    capture: () => {
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = { "content-type": "application/json", ...headersOf(COMPACT, timestamp) };
      return direct({ headers, body: Buffer.from(COMPACT) });
    },
  };
}

const key = Buffer.from(SECRET.slice(6), "base64");
function home(
  sign: (content: string) => string,
  content = (text: string, timestamp: number) => `${EVENT.id}.${timestamp}.${text}`,
) {
  return (text: string, timestamp: number) => ({
    "webhook-id": EVENT.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${sign(content(text, timestamp))}`,
  });
}
const base64 = (secret: string | Buffer) => (content: string) =>
  createHmac("sha256", secret).update(content).digest("base64");
const hex = (content: string) => createHmac("sha256", key).update(content).digest("hex");
const url = (content: string) => createHmac("sha256", key).update(content).digest("base64url");

export const SENDER_CAPTURES: readonly Capture[] = [
  hand("a script that signs with the secret's text", ["secret_not_decoded"], home(base64(SECRET))),
  hand(
    "a script that signs with the base64 after whsec_",
    ["secret_not_decoded"],
    home(base64(SECRET.slice(6))),
  ),
  hand(
    "a script that signs the body alone",
    ["signed_content_differs"],
    home(base64(key), (text) => text),
  ),
  hand(
    "a script that leaves out the id",
    ["signed_content_differs"],
    home(base64(key), (text, timestamp) => `${timestamp}.${text}`),
  ),
  hand("a script that writes hexadecimal", ["signature_hex"], home(hex)),
  hand("a script that writes URL-safe base64", ["signature_base64url"], (text, timestamp) => {
    for (let time = timestamp; ; time -= 1) {
      const headers = home(url)(text, time);
      if (/[_-]/.test(headers["webhook-signature"].slice(3))) return headers;
    }
  }),
  hand("a script that signs milliseconds", ["timestamp_in_milliseconds"], (text, timestamp) =>
    home(base64(key))(text, timestamp * 1000),
  ),
  hand("mintfax's old generation", ["old_generation"], (text, timestamp) => ({
    "X-Mintfax-Timestamp": String(timestamp),
    "X-Mintfax-Signature": hex(`${timestamp}.${text}`),
  })),
  hand("mintfax's old generation, in one header", ["old_generation"], (text, timestamp) => ({
    "X-Mintfax-Signature": `t=${timestamp},v1=${hex(`${timestamp}.${text}`)}`,
  })),
  hand("Stripe", ["other_vendor"], (text, timestamp) => ({
    "Stripe-Signature": `t=${timestamp},v1=${hex(`${timestamp}.${text}`)}`,
  })),
  hand("GitHub", ["other_vendor"], (text) => ({
    "X-GitHub-Event": "push",
    "X-Hub-Signature-256": `sha256=${hex(text)}`,
  })),
  hand("Slack", ["other_vendor"], (text) => ({ "X-Slack-Signature": `v0=${hex(text)}` })),
  hand("Shopify", ["other_vendor"], (text) => ({ "X-Shopify-Hmac-Sha256": base64(key)(text) })),
  hand("Twilio", ["other_vendor"], (text) => ({ "X-Twilio-Signature": base64(key)(text) })),
  hand("Svix", ["other_vendor"], (text, timestamp) => ({
    "svix-id": "msg_1",
    "svix-timestamp": String(timestamp),
    "svix-signature": `v1,${base64("of another")(text)}`,
  })),
  {
    name: "relayed with its body parsed, and its signature in quotes",
    verdict: "explained",
    findings: ["header_quoted", "body_reserialized"],
    capture: () =>
      behind(signed(PRETTY), async (req, headers) => {
        headers.set("webhook-signature", JSON.stringify(headers.get("webhook-signature")));
        return JSON.stringify(JSON.parse((await bytesOf(req)).toString()));
      }),
  },
];
