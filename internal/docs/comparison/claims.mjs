/**
 * Shows, on the packages themselves, what docs/comparison.md says that others do. In an empty folder:
 *
 *   npm install standardwebhooks@1.1.1 svix@2.5.0 stripe@23.1.0 @octokit/webhooks@14.2.0 @polar-sh/hono@0.5.3
 *   cp <this repository>/docs/comparison/claims.mjs . && node claims.mjs
 */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createNodeMiddleware, Webhooks as GitHubWebhooks } from "@octokit/webhooks";
import { Webhooks as polarWebhooks } from "@polar-sh/hono";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as SvixWebhook } from "svix";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const NOW = Math.floor(Date.now() / 1000);
const reference = new Webhook(SECRET);

function headers(id, timestamp, signedBody, prefix = "webhook") {
  return {
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: String(timestamp),
    [`${prefix}-signature`]: reference.sign(id, new Date(NOW * 1000), signedBody),
  };
}

async function claim(what, run) {
  try {
    console.log(`${what}: ${(await run()) ?? "accepted"}`);
  } catch (error) {
    console.log(`${what}: ${error.name}: ${error.message.split("\n")[0]}`);
  }
}

const accept = (run) => () => void run();

await claim(
  "standardwebhooks, a secret of one byte",
  accept(() => new Webhook("whsec_AA==")),
);
await claim(
  "standardwebhooks, a secret without its prefix",
  accept(() => new Webhook("plainsecret1")),
);
await claim(
  "standardwebhooks, a timestamp with letters behind it",
  accept(() => reference.verify("{}", headers("x", `${NOW}abc`, "{}"))),
);
await claim(
  "standardwebhooks, byte 0xFE under the signature of 0xFF",
  accept(() =>
    reference.verify(Buffer.from([0x22, 0xfe, 0x22]), headers("x", NOW, Buffer.from([0x22, 0xff, 0x22]))),
  ),
);
await claim(
  "standardwebhooks, a header as a list",
  accept(() => reference.verify("{}", { ...headers("x", NOW, "{}"), "webhook-signature": ["v1,x"] })),
);
await claim(
  "svix, a signed svix-id beside another, unsigned webhook-id",
  accept(() =>
    new SvixWebhook(SECRET).verify("{}", { ...headers("x", NOW, "{}", "svix"), "webhook-id": "fresh" }),
  ),
);

const stripe = new Stripe("sk_test_none");
const stripeHeader = (timestamp) =>
  `t=${timestamp},v1=${createHmac("sha256", SECRET).update(`${timestamp}.{"id":"evt"}`).digest("hex")}`;
for (const [when, timestamp] of [
  ["an hour old", NOW - 3_600],
  ["from an hour ahead", NOW + 3_600],
]) {
  await claim(
    `stripe, a signature ${when}`,
    accept(() => stripe.webhooks.constructEvent('{"id":"evt"}', stripeHeader(timestamp), SECRET)),
  );
}

await claim("@polar-sh/hono, an authentic event of a type it does not know", async () => {
  const body = '{"type":"something.new","data":{}}';
  // Its secrets are the text itself, of which the library makes base64.
  const signer = new Webhook(Buffer.from("secret").toString("base64"));
  const signed = {
    "webhook-id": "x",
    "webhook-timestamp": String(NOW),
    "webhook-signature": signer.sign("x", new Date(NOW * 1000), body),
  };
  return polarWebhooks({ webhookSecret: "secret" })({
    req: { text: async () => body, header: (name) => signed[name] },
    json: (value, init) => `${init?.status ?? 200} ${JSON.stringify(value)}`,
  });
});

await claim("@octokit/webhooks, behind a body parser", async () => {
  const middleware = createNodeMiddleware(new GitHubWebhooks({ secret: "s" }), { path: "/" });
  const server = createServer(async (req, res) => {
    req.body = JSON.parse(Buffer.concat(await req.toArray()).toString());
    middleware(req, res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const body = '{"a":1}';
  const startMs = Date.now();
  const response = await fetch(`http://127.0.0.1:${server.address().port}/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": "1",
      "x-hub-signature-256": `sha256=${createHmac("sha256", "s").update(body).digest("hex")}`,
    },
    body,
  });
  server.close().closeAllConnections();
  return `${response.status} after ${Date.now() - startMs} ms`;
});
