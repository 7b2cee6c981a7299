import type { CapturedRequest } from "../captured-request.ts";
import { type Finding, proven } from "../finding.ts";

/** Other senders by a header that their own documentation of webhook signatures names. */
const VENDORS: readonly (readonly [header: RegExp, vendor: string])[] = [
  [/^stripe-signature$/, "Stripe"],
  [/^x-github-event$/, "GitHub"],
  [/^x-gitlab-(?:event|token)$/, "GitLab"],
  [/^x-hub-signature(?:-256)?$/, "Meta or another sender in the style of GitHub"],
  [/^svix-(?:id|timestamp|signature)$/, "a sender that uses Svix (Clerk, Resend and others)"],
  [/^x-slack-signature$/, "Slack"],
  [/^x-shopify-hmac-sha256$/, "Shopify"],
  [/^x-twilio-signature$/, "Twilio"],
  [/^x-twilio-email-event-webhook-signature$/, "SendGrid"],
  [/^telnyx-signature-ed25519$/, "Telnyx"],
  [/^x-phaxio-signature$/, "Phaxio"],
  [/^x-square-hmacsha256-signature$/, "Square"],
  [/^paddle-signature$/, "Paddle"],
  [/^paypal-transmission-sig$/, "PayPal"],
  [/^x-zm-signature$/, "Zoom"],
  [/^x-hubspot-signature(?:-v3)?$/, "HubSpot"],
  [/^x-signature-ed25519$/, "Discord"],
  [/^x-amz-sns-message-type$/, "Amazon SNS"],
  [/^linear-signature$/, "Linear"],
  [/^typeform-signature$/, "Typeform"],
  [/^calendly-webhook-signature$/, "Calendly"],
  [/^x-wc-webhook-signature$/, "WooCommerce"],
];

/** The other sender of this webhook, where one of its headers tells. */
export function otherVendor(request: CapturedRequest): Finding | undefined {
  for (const [pattern, vendor] of VENDORS) {
    const header = request.headers.find(([name]) => pattern.test(name.toLowerCase()))?.[0];
    if (header === undefined) continue;
    return proven("other_vendor", {
      what: `This request is not from mintfax but from ${vendor}.`,
      why: `It has the header ${header} and none of mintfax's three (webhook-id, webhook-timestamp, webhook-signature).`,
      fix: "Give each sender its own URL, and verify its requests by its own scheme.",
      example: "/webhooks/mintfax",
    });
  }
  return undefined;
}
